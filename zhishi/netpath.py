"""The way from this machine to the center, one step after another: name, connection, encryption, upload service, a real
upload. Each step is tried only when the one before it held; the first that fails says what to do.

Owns the tries and their words. Sends a megabyte that the center throws away (the probe); touches no evidence.
"""

import math
import queue
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from domain.errors import CaptivePortal, CenterBusy, CenterSilent, CenterUnknown, CenterUnreachable, ZhishiError
from domain.findings import CheckId, Verdict
from domain.wire.tus import UPLOADS_PATH, VERSION
from host.centertime import CLOCK_WRONG_MS
from host.proxies import Proxies, ProxyChoice
from syncd.answers import check_tus
from syncd.config import SyncConfig
from syncd.transport import Wire
from ui.centerclient import CenterClient
from ui.throughput import Dropped, Parcel
from zhishi.finding import Finding, finding

T = TypeVar("T")
STEP_S = 6.0
UPLOAD_S = 25.0
_UPLOAD = 1 << 20
_FIRST = 16 << 10
_SLOW_KBIT = 500  # below it an hour's recording does not arrive within the window
_STALE_DAYS = 7
_STEPS = (CheckId.DNS, CheckId.TCP, CheckId.TLS, CheckId.TUS, CheckId.UPLOAD, CheckId.CLOCK)
_ASK = ("请检查网络连接，或改用手机热点", "Check the connection, or use a phone's hotspot")


@dataclass(frozen=True, slots=True)
class Way:
    """What was found: one finding a step, and the figures of the code."""

    findings: tuple[Finding, ...]
    kbit_s: int | None = None
    clock_ms: int | None = None
    reason: str = ""


class _Stop(Exception):
    """A step failed; ``finding`` says how."""

    def __init__(self, found: Finding, reason: str) -> None:
        super().__init__(found.en)
        self.found = found
        self.reason = reason


def walk(
    center: str,
    wall_ms: Callable[[], int],
    *,
    proxies: Mapping[str, str] | None = None,
    ca: Path | None = None,
    step_s: float = STEP_S,
    upload_s: float = UPLOAD_S,
) -> Way:
    """Go the way to ``center`` (an http(s) address). Never raises for what the way is like."""
    walker = _Walker(center, wall_ms, dict(proxies or {}), ca, step_s, upload_s)
    found: list[Finding] = []
    reason = ""
    try:
        for one in walker.steps():
            found.append(one)
    except _Stop as why:
        found.append(why.found)
        reason = why.reason
    done = {one.id for one in found}
    found += [
        finding(step, Verdict.UNKNOWN, "前一步没有通过，未检查", "not tried: the step before it failed")
        for step in _STEPS
        if step not in done
    ]
    return Way(tuple(found), walker.kbit_s, walker.clock_ms, reason)


class _Walker:
    """One walk."""

    def __init__(
        self,
        center: str,
        wall_ms: Callable[[], int],
        proxies: dict[str, str],
        ca: Path | None,
        step_s: float,
        upload_s: float,
    ) -> None:
        parts = urlsplit(center if "//" in center else f"//{center}")
        self._center = center.rstrip("/")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._named = parts.scheme in ("http", "https") and bool(self._host)
        self._wall_ms = wall_ms
        self._proxies = proxies
        self._ca = ca
        self._step_s = step_s
        self._upload_s = upload_s
        self._client = CenterClient(self._center, timeout_s=step_s, proxies=proxies, ca=ca)
        self._addresses: list[str] = []
        self.kbit_s: int | None = None
        self.clock_ms: int | None = None

    def steps(self) -> Iterator[Finding]:
        """Each step's finding; raises _Stop at the first that fails."""
        proxy = self._proxies.get("https" if self._secure else "http", "")
        if proxy:  # the proxy resolves and connects: what it does is seen in what comes through
            said = f"经由代理 / by proxy {urlsplit(proxy).hostname}"
            yield finding(CheckId.DNS, Verdict.PASS, said, said)
            yield finding(CheckId.TCP, Verdict.PASS, said, said)
        else:
            yield self._dns()
            yield self._tcp()
        yield self._tls(by_proxy=bool(proxy))
        yield self._tus()
        yield self._clock()
        yield self._upload()

    def _dns(self) -> Finding:
        if not self._named:
            raise _Stop(
                finding(
                    CheckId.DNS, Verdict.FAIL, f"不是考务平台地址：{self._center[:80]}", "not an http(s) address",
                    "请核对考务平台地址", "Check the center's address",
                ),
                CenterUnreachable.code,
            )  # fmt: skip
        try:
            found = within(self._step_s, lambda: socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
        except (OSError, TimeoutError) as why:
            raise _Stop(
                finding(
                    CheckId.DNS, Verdict.FAIL, f"找不到 {self._host}", f"{self._host} cannot be found ({why})",
                    "网络可能没有连上，或需要先登录网页；请检查后重试，或改用手机热点",
                    "There may be no network, or a log-in page; check, or use a phone's hotspot",
                ),
                CenterUnreachable.code,
            ) from why  # fmt: skip
        self._addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        named = ", ".join(self._addresses[:4])
        return finding(CheckId.DNS, Verdict.PASS, f"{self._host} → {named}", f"{self._host} → {named}")

    def _tcp(self) -> Finding:
        failed: list[str] = []
        for address in self._addresses:
            before = time.monotonic()
            try:
                with socket.create_connection((address, self._port), self._step_s):
                    took = int((time.monotonic() - before) * 1000)
            except OSError as why:
                failed.append(f"{address}: {why}")
                continue
            zh, en = f"{address} 端口 {self._port}，{took} 毫秒", f"{address} port {self._port}, {took} ms"
            if failed:  # programs try them all, but each try costs time
                return finding(CheckId.TCP, Verdict.WARN, zh, f"{en}; others failed: {failed[0]}")
            return finding(CheckId.TCP, Verdict.PASS, zh, en)
        raise _Stop(
            finding(
                CheckId.TCP, Verdict.FAIL, f"连不上端口 {self._port}", f"no connection: {'; '.join(failed)[:200]}",
                "防火墙可能拦截，或考务平台未开放；请改用手机热点再试",
                "A firewall may be in the way, or the center is closed; try a phone's hotspot",
            ),
            CenterUnreachable.code,
        )  # fmt: skip

    def _tls(self, *, by_proxy: bool) -> Finding:
        if not self._secure:
            if _is_local(self._host):
                return finding(CheckId.TLS, Verdict.PASS, "本机地址，不需要加密", "this machine: not needed")
            return finding(
                CheckId.TLS, Verdict.WARN, "地址不是 https，连接没有加密", "not https: the line is not encrypted",
                "请核对考务平台地址", "Check the center's address",
            )  # fmt: skip
        if by_proxy:
            self._ask_time(CheckId.TLS)
            return finding(CheckId.TLS, Verdict.PASS, "证书有效", "the certificate is valid")
        context = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        try:
            with (
                socket.create_connection((self._addresses[0], self._port), self._step_s) as plain,
                context.wrap_socket(plain, server_hostname=self._host) as line,
            ):
                version, certificate = line.version() or "?", line.getpeercert() or {}
        except ssl.SSLError as why:
            raise _Stop(
                finding(
                    CheckId.TLS, Verdict.FAIL, "证书不被信任", f"not trusted: {why.reason or why}",
                    "本机时间可能不对，或网络设备替换了证书：请校准时间，或改用手机热点",
                    "The clock may be wrong, or something replaces certificates: set the clock, or use a hotspot",
                ),
                CenterUnknown.code,
            ) from why  # fmt: skip
        except OSError as why:
            raise _Stop(
                finding(CheckId.TLS, Verdict.FAIL, "加密连接中断", f"the line broke: {why}", *_ASK),
                CenterSilent.code,
            ) from why
        days = self._days_left(str(certificate.get("notAfter", "")))
        if days is not None and days < _STALE_DAYS:
            return finding(
                CheckId.TLS, Verdict.WARN, f"{version}，证书 {days} 天后到期", f"{version}, expires in {days} days"
            )
        return finding(CheckId.TLS, Verdict.PASS, f"{version}，证书有效", f"{version}, certificate valid")

    def _tus(self) -> Finding:
        wire = Wire(
            SyncConfig(
                proxies=ProxyChoice(lambda: Proxies(self._proxies)), ca_bundle=self._ca, connect_timeout_s=self._step_s
            ),
            stall_s=self._step_s,
        )
        before = time.monotonic()
        try:
            answer = check_tus(wire.request("OPTIONS", self._center + UPLOADS_PATH, headers={"Tus-Resumable": VERSION}))
            if VERSION not in answer.headers.get("Tus-Version", ""):
                raise CenterUnknown("no tus 1.0")
        except ZhishiError as why:
            raise _refused(CheckId.TUS, why) from why
        finally:
            wire.close()
        took = int((time.monotonic() - before) * 1000)
        return finding(CheckId.TUS, Verdict.PASS, f"tus {VERSION}，{took} 毫秒", f"tus {VERSION}, {took} ms")

    def _clock(self) -> Finding:
        before = self._wall_ms()
        center_ms = self._ask_time(CheckId.CLOCK)
        after = self._wall_ms()
        self.clock_ms = center_ms - (before + after) // 2
        off = abs(self.clock_ms) / 1000
        if abs(self.clock_ms) > CLOCK_WRONG_MS:
            return finding(
                CheckId.CLOCK, Verdict.WARN, f"本机时间相差 {off:.0f} 秒", f"{off:.0f} s off",
                "请在系统设置中打开自动校时；面试以考试系统时间为准，不受影响",
                "Let the system set its clock; the interview goes by the center's time",
            )  # fmt: skip
        return finding(CheckId.CLOCK, Verdict.PASS, f"相差 {off:.1f} 秒", f"{off:.1f} s off")

    def _upload(self) -> Finding:
        until = time.monotonic() + self._upload_s
        arrived, took = 0, 0.0
        try:
            leave = self._client.probe()
            size = _FIRST
            while arrived < _UPLOAD and size <= leave.most_bytes - arrived:
                began = time.monotonic()
                parcel = Parcel(secrets.token_bytes(size), lambda: time.monotonic() >= until)
                self._client.probe_send(leave.token, parcel, max(0.1, until - began))
                arrived, took = arrived + size, took + time.monotonic() - began
                size = min(_UPLOAD - arrived, size * 8)
        except (Dropped, CenterSilent) as why:
            return self._too_slow(arrived, why)
        except ZhishiError as why:
            raise _refused(CheckId.UPLOAD, why) from why
        self.kbit_s = math.ceil(arrived * 8 / 1000 / max(took, 1e-3))
        said = f"{arrived / 1e6:.1f} MB, {self.kbit_s / 1000:.1f} Mbit/s"
        if self.kbit_s < _SLOW_KBIT:
            return finding(
                CheckId.UPLOAD, Verdict.WARN, f"{said}：较慢，面试后要等一会儿", f"{said}: slow",
                "靠近路由器、接网线，或改用手机热点", "Move closer to the router, use a cable or a hotspot",
            )  # fmt: skip
        return finding(CheckId.UPLOAD, Verdict.PASS, said, said)

    def _too_slow(self, arrived: int, why: Exception) -> Finding:
        self.kbit_s = math.floor(arrived * 8 / 1000 / self._upload_s)
        zh = f"{self._upload_s:.0f} 秒内只传出 {arrived / 1e6:.2f} MB"
        en = f"only {arrived / 1e6:.2f} MB in {self._upload_s:.0f} s"
        if not arrived:
            raise _Stop(finding(CheckId.UPLOAD, Verdict.FAIL, zh, f"{en} ({why})", *_ASK), CenterSilent.code) from why
        return finding(CheckId.UPLOAD, Verdict.WARN, zh, en, *_ASK)

    def _ask_time(self, step: CheckId) -> int:
        try:
            return self._client.time().center_ms
        except ZhishiError as why:
            raise _refused(step, why) from why

    def _days_left(self, until: str) -> int | None:
        if not until:
            return None
        end = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
        return int((end.timestamp() * 1000 - self._wall_ms()) // 86_400_000)


def within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` gives, or TimeoutError: a name lookup knows no timeout of its own. Its thread ends by itself."""
    done: queue.SimpleQueue[tuple[T | None, OSError | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except OSError as why:
            done.put((None, why))

    threading.Thread(target=run, name="lookup", daemon=True).start()
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty as why:
        raise TimeoutError(f"no answer in {seconds:.0f} s") from why
    if error is not None:
        raise error
    return value  # type: ignore[return-value]


def _refused(step: CheckId, why: ZhishiError) -> _Stop:
    found = finding(
        step, Verdict.WARN if isinstance(why, CenterBusy) else Verdict.FAIL,
        f"{why.message.zh}", f"{why.message.en} ({why.detail[:160]})", why.hint.zh, why.hint.en, code=why.code,
    )  # fmt: skip
    known = (CenterUnreachable, CenterSilent, CenterUnknown, CaptivePortal, CenterBusy)
    return _Stop(found, next((kind.code for kind in known if isinstance(why, kind)), ""))


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
