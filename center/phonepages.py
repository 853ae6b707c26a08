"""The phone's page as files: ``GET /companion`` and below, built by ``web/build.py`` into ``center/pages``.

Owns the headers that keep the page to itself: nothing from elsewhere, camera and microphone for this page only. Never
holds a rule and never sees a secret: the binding link's is in the fragment, which browsers do not send.
"""

import mimetypes
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

PAGES = Path(__file__).resolve().parent / "pages"
_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": (
        "camera=(self), microphone=(self), accelerometer=(self), gyroscope=(self), magnetometer=(self), "
        "screen-wake-lock=(self), display-capture=(), geolocation=(), payment=()"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_BUILT = "手机页面没有安装；请联系技术服务人员。\nThe phone page is not installed on this center.\n"
_TYPES = {".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}
_WORKER = "sw.js"
_NAME_MOST = 200


def page_routes(pages: Path = PAGES) -> APIRouter:
    """The routes over the built files in ``pages``."""
    router = APIRouter(tags=["pages"], include_in_schema=False)
    folder = pages / "companion"

    @router.get("/companion")
    @router.get("/companion/")
    async def companion() -> Response:
        return _file(folder, "index.html")

    @router.get("/companion/{path:path}")
    async def asset(path: str) -> Response:
        return _file(folder, path)

    return router


def _file(folder: Path, name: str) -> Response:
    path = (folder / (name if len(name) <= _NAME_MOST and name.isprintable() else "?")).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        missing = name == "index.html"
        text = _NOT_BUILT if missing else "404"
        return Response(text, 503 if missing else 404, _SAFE, "text/plain; charset=utf-8")
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    # Names below assets/ carry a hash of their content; everything else is asked for again.
    caching = "public, max-age=31536000, immutable" if path.parent.name == "assets" else "no-cache"
    headers = {**_SAFE, "Cache-Control": caching}
    if name == _WORKER:
        headers["Service-Worker-Allowed"] = "/companion"
    return FileResponse(path, media_type=kind, headers=headers)
