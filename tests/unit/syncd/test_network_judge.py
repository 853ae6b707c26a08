"""What a change of the local network means: pure, and the watch around it with a hand-moved clock."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host import routes
from host.routes import Ways
from syncd.network import Change, NetworkWatch, judge
from tests.support.clocks import HandClock
from tests.support.waiting import wait_until

WIFI = ("wlan0", "192.168.1.7")
CABLE = ("eth0", "10.0.0.7")
WIFI_OUT = ("wlan0", "00000000/00000000", "0101A8C0")
CABLE_OUT = ("eth0", "00000000/00000000", "0100000A")
TUNNEL_OUT = ("tun0", "00000000/00000000", "00000000")
WIFI_LAN = ("wlan0", "0001A8C0/00FFFFFF", "00000000")
WAYS = st.builds(
    Ways,
    st.frozensets(st.sampled_from([WIFI, CABLE])),
    st.frozensets(st.sampled_from([WIFI_OUT, CABLE_OUT, WIFI_LAN, TUNNEL_OUT])),
)
ON_WIFI = Ways(frozenset({WIFI}), frozenset({WIFI_OUT, WIFI_LAN}))


@given(WAYS)
def test_nothing_new_is_no_change(ways: Ways) -> None:
    assert judge(ways, ways, False) is None


@given(WAYS, WAYS)
def test_every_difference_is_a_change_and_sleep_always_is(before: Ways, after: Ways) -> None:
    change = judge(before, after, False)
    gone_route_only = after.addresses == before.addresses and after.routes < before.routes
    if before != after and not gone_route_only:
        assert change is not None
    slept = judge(before, after, True)
    assert slept is not None
    assert slept.gained
    assert slept.broken


@pytest.mark.parametrize(
    ("after", "change"),
    [
        (Ways(), Change(False, frozenset({WIFI[1]}), True)),
        (Ways(ON_WIFI.addresses | {CABLE}, ON_WIFI.routes), Change(True, frozenset(), False)),
        (Ways(ON_WIFI.addresses, ON_WIFI.routes | {CABLE_OUT}), Change(True, frozenset(), False)),
        (Ways(frozenset({CABLE}), frozenset({CABLE_OUT})), Change(True, frozenset({WIFI[1]}), True)),
        (Ways(ON_WIFI.addresses, frozenset({WIFI_LAN, TUNNEL_OUT})), Change(True, frozenset(), True)),
        (Ways(ON_WIFI.addresses, frozenset({WIFI_OUT})), None),
    ],
)
def test_what_a_change_means(after: Ways, change: Change | None) -> None:
    assert judge(ON_WIFI, after, False) == change


def _watch(clock: HandClock, awake_ns: Callable[[], int], told: list[Change]) -> NetworkWatch:
    def failed(where: str, why: Exception) -> None:
        raise AssertionError(where) from why

    return NetworkWatch(clock, 0.01, told.append, failed, Ways, awake_ns)


def test_where_the_system_tells_nothing_a_change_is_found_by_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS, Windows, and a sandbox without route messages."""
    monkeypatch.setattr(routes, "_open", lambda: None)
    looks, told = iter([Ways()]), list[Change]()

    def failed(where: str, why: Exception) -> None:
        raise AssertionError(where) from why

    watch = NetworkWatch(HandClock(), 60.0, told.append, failed, lambda: next(looks, ON_WIFI), lambda: 0)
    watch.start()
    try:
        wait_until(lambda: told, what="found, long before the minute is over")
        assert told == [Change(True, frozenset(), False)]
    finally:
        watch.stop()


def test_sleep_is_seen_by_the_clocks_that_part() -> None:
    clock, told, looks = HandClock(), list[Change](), threading.Semaphore(0)

    def awake_ns() -> int:
        looks.release()
        return 0

    watch = _watch(clock, awake_ns, told)
    watch.start()
    try:
        for _ in range(5):
            assert looks.acquire(timeout=20)
        assert told == []
        clock.pass_ms(3_000)  # the boot clock runs in sleep, the monotonic one does not
        wait_until(lambda: told, what="noticed")
        assert told == [Change(True, frozenset(), True)]
    finally:
        watch.stop()
