"""``zhishi center --lan``: https for a rehearsal room, and what is told of it. Composition only."""

from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from typing import TYPE_CHECKING

import segno
import typer

from domain.companion import LinkTrouble, link_trouble
from domain.errors import BadInput
from host.clock import SystemClock

if TYPE_CHECKING:
    from center.config import CenterConfig

ANYWHERE = "0.0.0.0"  # noqa: S104 -- meant: phones of the room come in
_LOOPBACK = "127.0.0.1"
_SAYS = {
    LinkTrouble.NONE: "安全，可以使用摄像头 / secure: its camera works",
    LinkTrouble.INSECURE: "不安全，手机不会给摄像头；请用 --lan 或 --cert / not secure, no camera: use --lan or --cert",
    LinkTrouble.LOOPBACK: "只有本机能打开；请用 --lan 或 --public-url / this machine only: use --lan or --public-url",
}


def tell_phones(address: str) -> None:
    """Which page a phone opens, and whether it could film there."""
    page = f"{address.rstrip('/')}/companion"
    typer.echo(f"手机页面 / the phone's page: {page}\n  {_SAYS[link_trouble(page)]}")


def serve_lan(config: "CenterConfig", host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until told to stop. Raises BadInput when this machine is on no network."""
    from center.lan import InstallServer, certificate_names, lan_addresses
    from center.localca import local_tls
    from center.main import Tls, run

    given = host not in (ANYWHERE, _LOOPBACK)
    addresses = [host] if given else lan_addresses()
    if not addresses:
        raise BadInput("--lan: 本机没有连接局域网 / this machine is on no network")
    tls = local_tls(config.data / "tls", certificate_names(addresses), SystemClock().wall_ms())
    first = addresses[0]
    listen = host if given else ANYWHERE
    stack = ExitStack()

    def told(address: str) -> None:
        install = stack.enter_context(InstallServer(tls, address, listen, 0 if port == 0 else port + 1))
        page = f"http://{first}:{install.port}/"
        ready(address)
        typer.echo(f"首次使用，先在手机上安装证书 / first install the certificate on the phone: {page}")
        drawn = StringIO()
        segno.make(page, micro=False).terminal(drawn, compact=True)
        typer.echo(drawn.getvalue())
        typer.echo(f"证书指纹 / its fingerprint, SHA-256:\n  {tls.fingerprint}")
        typer.echo(f"电脑端 / on laptops: zhishi ui --center {address} --ca {tls.ca}")
        typer.echo(
            '  同步程序在 settings.toml 中信任它 / syncd trusts it by settings.toml: [network] ca_file = "…/ca.pem"'
        )
        if len(addresses) > 1:
            typer.echo(f"其他地址 / other addresses: {', '.join(addresses[1:])}")

    with stack:
        run(config, listen, port, told, Tls(tls.certificate, tls.key, first))
