"""How large the probe's parcels grow: never beyond the time and the bytes that are left."""

from hypothesis import given
from hypothesis import strategies as st

from ui.throughput import BUDGET_S, Dropped, Parcel, next_size


@given(st.floats(1_000, 1e9), st.floats(0, 1), st.integers(0, 4 << 20))
def test_a_steady_line_is_measured_within_the_budget(bytes_per_s: float, round_trip_s: float, most: int) -> None:
    size, left_s, left = 16 << 10, BUDGET_S, most
    sent = 0
    while True:
        took_s = round_trip_s + size / bytes_per_s
        left_s -= took_s
        left -= size
        sent += size
        larger = next_size(size, took_s, left_s, left)
        if larger is None:
            break
        assert larger >= size
        assert larger <= left
        assert left_s - (round_trip_s + larger / bytes_per_s) >= -1e-6, "it fits into the time that is left"
        size = larger
    assert sent <= most + (16 << 10)


def test_a_parcel_gives_all_its_bytes_until_it_is_dropped() -> None:
    content = bytes(range(256)) * 300
    parcel = Parcel(content, lambda: False)
    read = b"".join(iter(lambda: parcel.read(10_000), b""))
    assert (read, len(parcel)) == (content, len(content))
    try:
        Parcel(content, lambda: True).read(1)
    except Dropped:
        return
    raise AssertionError("a parcel nobody wants was read on")
