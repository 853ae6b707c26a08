"""The pages that the center serves as files: ``/companion`` for phones, ``/staff``, ``/review`` and ``/admin`` for
staff, ``/rescue`` for handing in a rescue bundle from any machine, ``/status`` for asking how a session stands.

They are built by ``web/build.py`` into ``center/pages``.

Owns the headers that keep each page to itself: nothing from elsewhere, camera and microphone for the phone's page only.
Never holds a rule and never sees a secret: the binding link's is in the fragment, which browsers do not send.
"""

import mimetypes
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

PAGES = Path(__file__).resolve().parent / "pages"
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PHONE = {
    "Content-Security-Policy": _POLICY.format(scripts="'self' 'wasm-unsafe-eval'", styles="'self'"),
    "Permissions-Policy": (
        "camera=(self), microphone=(self), accelerometer=(self), gyroscope=(self), magnetometer=(self), "
        "screen-wake-lock=(self), display-capture=(), geolocation=(), payment=()"
    ),
}
_STAFF = {
    "Content-Security-Policy": _POLICY.format(scripts="'self'", styles="'self'"),
    "Permissions-Policy": "camera=(), microphone=(), display-capture=(), geolocation=(), payment=()",
}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_BUILT = "页面没有安装；请联系技术服务人员。\nThis page is not installed on this center.\n"
_TYPES = {".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}
_WORKER = "sw.js"
_NAME_MOST = 200


def page_routes(pages: Path = PAGES) -> APIRouter:
    """The routes over the built files in ``pages``."""
    router = APIRouter(tags=["pages"], include_in_schema=False)
    for name in ("companion", "staff", "review", "admin", "rescue", "status"):
        _add(router, name, pages / name, {**(_PHONE if name == "companion" else _STAFF), **_SAFE})
    return router


def _add(router: APIRouter, name: str, folder: Path, headers: dict[str, str]) -> None:
    @router.get(f"/{name}")
    @router.get(f"/{name}/")
    async def page() -> Response:
        return _file(folder, "index.html", headers)

    @router.get(f"/{name}/{{path:path}}")
    async def asset(path: str) -> Response:
        return _file(folder, path, headers)


def _file(folder: Path, name: str, own: dict[str, str]) -> Response:
    path = (folder / (name if len(name) <= _NAME_MOST and name.isprintable() else "?")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        missing = name == "index.html"
        text = _NOT_BUILT if missing else "404"
        return Response(text, 503 if missing else 404, own, "text/plain; charset=utf-8")
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # Names below assets/ carry a hash of their content; everything else is asked for again.
    caching = "public, max-age=31536000, immutable" if path.parent.name == "assets" else "no-cache"
    headers = {**own, "Cache-Control": caching}
    if name == _WORKER:
        headers["Service-Worker-Allowed"] = f"/{folder.name}"
    return FileResponse(path, media_type=kind, headers=headers)
