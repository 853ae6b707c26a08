"""The center's OpenAPI document: what FastAPI derives, with our errors and tokens told as they are.

Owns two corrections: every refusal is an ErrorBody (FastAPI would promise a 422 of its own), and bearer tokens and the
staff's cookie are security schemes, not parameters.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from domain.wire.beforelogin import PROBE_PATH
from domain.wire.failure import ErrorBody
from domain.wire.staff import COOKIE

_ERROR = {"$ref": "#/components/schemas/ErrorBody"}
_REFUSED = {
    "description": "Refused; the body says why and what to do",
    "content": {"application/json": {"schema": _ERROR}},
}
_TOKENS = {
    "upload": "Got with a signed challenge: POST /tokens. For what a device sends.",
    "probe": "Got without login: POST /probes. Measures a line, and can do nothing else.",
    "act": "Got by a login that passed. For what a person does.",
}


def install_openapi(app: FastAPI) -> None:
    """Let ``app`` serve the corrected document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _corrected(
                get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _corrected(raw: dict[str, Any]) -> dict[str, Any]:
    components = raw.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ErrorBody"] = ErrorBody.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = {
        name: {"type": "http", "scheme": "bearer", "description": words} for name, words in _TOKENS.items()
    }
    components["securitySchemes"]["staff"] = {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Set by POST /staff/sign-in. For what staff do; acts need the CSRF header besides.",
    }
    for path, methods in raw["paths"].items():
        for method, operation in methods.items():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _REFUSED
            parameters = operation.get("parameters", [])
            kept = [one for one in parameters if one["name"].lower() != "authorization"]
            if len(kept) != len(parameters) or ("/uploads" in path and method != "options"):
                scope = "act" if "/interview" in path else "probe" if path == PROBE_PATH else "upload"
                operation["security"] = [{scope: []}]
                operation["parameters"] = kept
            if any(one["name"] == COOKIE for one in parameters):
                operation["security"] = [{"staff": []}]
                operation["parameters"] = [one for one in parameters if one["name"] != COOKIE]
    return raw
