"""Rehearsal rooms: which address of this machine a phone can reach, and the page from which it gets the certificate.

The page is plain http on a port of its own, because a phone trusts the https one only afterwards; it holds nothing but
the authority's certificate, its fingerprint and what to do. Owns that page and the choice of addresses.
"""

import html
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from types import TracebackType

import psutil

from center.localca import LocalTls
from domain.errors import BadInput
from host.durable import read_bytes

CERTIFICATE = "/zhishi-ca.crt"
_IDLE_S = 15.0


def lan_addresses() -> list[str]:
    """IPv4 addresses of this machine that others may reach, private networks first."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = {
        IPv4Address(one.address)
        for name, addresses in psutil.net_if_addrs().items()
        if name in up
        for one in addresses
        if one.family == socket.AF_INET
    }
    usable = [at for at in found if not at.is_loopback and not at.is_link_local]
    return [str(at) for at in sorted(usable, key=lambda at: (not at.is_private, at))]


def certificate_names(addresses: list[str]) -> list[str]:
    """What the server certificate is for: every address and this machine's names."""
    host = socket.gethostname().split(".")[0]
    return [*addresses, "127.0.0.1", "localhost", *([f"{host}.local"] if host.isascii() else [])]


def install_page(tls: LocalTls, center: str) -> bytes:
    """The page in Chinese and English; ``center`` is the https address to open afterwards."""
    pairs = tls.fingerprint.split(":")
    lines = "<br>".join(" ".join(pairs[at : at + 8]) for at in range(0, len(pairs), 8))
    companion = html.escape(f"{center}/companion")
    return _PAGE.format(fingerprint=lines, companion=companion, certificate=CERTIFICATE).encode()


class InstallServer:
    """Serves the page and the certificate while it is entered; ``port`` 0 takes a free one. Raises BadInput."""

    def __init__(self, tls: LocalTls, center: str, host: str, port: int) -> None:
        files = {
            "/": (install_page(tls, center), "text/html; charset=utf-8"),
            CERTIFICATE: (read_bytes(tls.ca), "application/x-x509-ca-cert"),
        }
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(files))
        except OSError as why:
            raise BadInput(f"{host}:{port}: {why.strerror}") from why
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="install-page", daemon=True)

    def __enter__(self) -> "InstallServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(files: dict[str, tuple[bytes, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _IDLE_S

        def do_GET(self) -> None:
            content, kind = files.get(self.path.partition("?")[0], (b"404", "text/plain"))
            self.send_response(404 if content == b"404" else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing here is worth a line."""

    return Handler


_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>安装证书 · Install the certificate</title>
<style>body{{font:17px/1.7 system-ui,sans-serif;max-width:40em;margin:auto;padding:16px;color:#1b2733}}
a.b{{display:inline-block;background:#1f4e79;color:#fff;padding:12px 20px;border-radius:8px;text-decoration:none}}
code{{font-size:16px;overflow-wrap:anywhere}}li{{margin:6px 0}}</style></head><body>
<h1>智试通 · 安装考场证书</h1>
<p>本考场没有公网证书。手机装上这张证书后，浏览器才会允许智试通使用摄像头。证书只对本地网络有效，面试结束后可以删除。</p>
<p><a class="b" href="{certificate}">下载证书 Get the certificate</a></p>
<p>指纹 SHA-256，请与工作人员屏幕上的核对，一致再安装：<br><code>{fingerprint}</code></p>
<h2>iPhone、iPad</h2>
<ol><li>点击上面的按钮，选择“允许”。</li><li>打开“设置”，点“已下载描述文件”，安装。</li>
<li>“设置 → 通用 → 关于本机 → 证书信任设置”，打开这张证书的开关。</li></ol>
<h2>Android</h2>
<ol><li>点击上面的按钮下载。</li><li>“设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书”，选择下载的文件。</li></ol>
<p>装好后打开：<a href="{companion}">{companion}</a></p>
<hr><div lang="en"><p>This room has no public certificate. With this one installed the phone's browser lets Zhishi
use the camera. It is good for local networks only and may be removed after the interview. Compare the fingerprint with
the one on the staff's screen first.</p>
<p>iPhone: allow the download, install it under Settings, then switch it on under General, About, Certificate Trust
Settings. Android: Settings, Security, Install a certificate, CA certificate.</p></div>
</body></html>
"""
