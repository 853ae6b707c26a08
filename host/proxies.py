"""Which proxy a request goes through: as the person set it, as the environment says, else as the system does.

Pure but for ``system_proxies``, which asks the system. Loopback never goes through a proxy. Automatic configuration
(PAC) and SOCKS are not supported: without a usable entry the way is direct.
"""

import ipaddress
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_ASK_S = 3.0


@dataclass(frozen=True, slots=True)
class Proxies:
    """``urls``: scheme of the request → proxy. ``bypass``: hosts, ``.suffixes``, networks, or ``*``."""

    urls: Mapping[str, str] = field(default_factory=dict)
    bypass: tuple[str, ...] = ()

    def of(self, url: str) -> dict[str, str]:
        """As ``requests`` takes them, for one ``url``."""
        host = (urlsplit(url).hostname or "").lower()
        return {} if bypassed(host, self.bypass) else dict(self.urls)


class ProxyChoice:
    """What holds now; ``refresh`` reads it again (another network may want another proxy)."""

    def __init__(self, read: Callable[[], Proxies] = Proxies) -> None:
        self._read = read
        self.now = read()

    def refresh(self) -> bool:
        """True when something else holds now."""
        before, self.now = self.now, self._read()
        return self.now != before


def bypassed(host: str, rules: tuple[str, ...]) -> bool:
    """``host`` is reached without a proxy."""
    if host in ("localhost", "") or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        address = None
    if address is not None and address.is_loopback:
        return True
    return any(_fits(host, address, rule.strip().lower()) for rule in rules)


def _fits(host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, rule: str) -> bool:
    if rule in ("*", host):
        return bool(rule)
    if rule == "<local>":  # Windows: names without a dot
        return "." not in host
    if address is not None:
        try:
            return address in ipaddress.ip_network(rule, strict=False)
        except ValueError:
            return False
    suffix = "." + rule.lstrip("*").lstrip(".")
    return len(suffix) > 1 and host.endswith(suffix)


def proxies_from(environ: Mapping[str, str], proxy: str = "", bypass: str = "") -> Proxies:
    """What a person set (``proxy``, ``bypass``) counts most, then the environment, then the system."""
    if proxy:
        return Proxies(_usable({"http": proxy, "https": proxy}), _split(bypass))
    lower = {name.lower(): value for name, value in environ.items() if name.lower().endswith("_proxy") and value}
    lower |= {name: value for name, value in environ.items() if name in lower and value}  # the lower-case one wins
    everything = lower.get("all_proxy", "")
    named = {scheme: lower.get(f"{scheme}_proxy", everything) for scheme in ("http", "https")}
    if any(named.values()):
        return Proxies(_usable(named), _split(lower.get("no_proxy", "")))
    told = system_proxies(environ)
    return Proxies(_usable(told.urls), told.bypass)


def _usable(urls: Mapping[str, str]) -> dict[str, str]:
    """Only HTTP proxies; an entry without a scheme is one."""
    whole = {scheme: url if "://" in url else f"http://{url}" for scheme, url in urls.items() if url}
    return {scheme: url for scheme, url in whole.items() if url.startswith(("http://", "https://"))}


def _split(rules: str) -> tuple[str, ...]:
    return tuple(rule.strip() for rule in rules.replace(";", ",").split(",") if rule.strip())


if sys.platform == "linux":

    def system_proxies(environ: Mapping[str, str]) -> Proxies:
        """The desktop's settings, by gsettings (GNOME and its children, UKUI, Deepin); none elsewhere."""
        tool = shutil.which("gsettings", path=environ.get("PATH"))
        base = "org.gnome.system.proxy"
        if tool is None or _asked(tool, environ, base, "mode") != "'manual'":
            return Proxies()
        urls = {}
        for scheme in ("http", "https"):
            host = _asked(tool, environ, f"{base}.{scheme}", "host").strip("'")
            port = _asked(tool, environ, f"{base}.{scheme}", "port")
            if host and port.isdigit() and port != "0":
                urls[scheme] = f"http://{host}:{port}"
        ignored = _asked(tool, environ, base, "ignore-hosts").strip("[]")
        return Proxies(urls, tuple(part.strip().strip("'") for part in ignored.split(",") if part.strip()))

    def _asked(tool: str, environ: Mapping[str, str], schema: str, key: str) -> str:
        try:
            done = subprocess.run(
                [tool, "get", schema, key],
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_ASK_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

else:

    def system_proxies(environ: Mapping[str, str]) -> Proxies:
        """System Settings on macOS, Internet Options on Windows, as the standard library reads them."""
        ask = getattr(urllib.request, "getproxies_macosx_sysconf", None) or getattr(
            urllib.request, "getproxies_registry", None
        )
        return Proxies({} if ask is None else ask(), _exceptions())

    def _exceptions() -> tuple[str, ...]:
        if sys.platform == "win32":
            import winreg

            place = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:
                    return _split(str(winreg.QueryValueEx(key, "ProxyOverride")[0]))
            except OSError:
                return ()
        from _scproxy import _get_proxy_settings

        return tuple(_get_proxy_settings().get("exceptions", ()))
