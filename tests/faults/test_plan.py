"""A plan comes from its seed alone, every fault gets its turn, and no two take hold of one place at once."""

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.plan import Fault, make_plan

seeds = st.integers(min_value=0, max_value=2**31)


@given(seeds)
def test_the_same_seed_is_the_same_run(seed: int) -> None:
    assert make_plan(seed) == make_plan(seed)


@given(seeds)
def test_at_one_place_one_thing_goes_wrong_at_a_time(seed: int) -> None:
    plan = make_plan(seed)
    assert plan.events
    for number, one in enumerate(plan.events):
        assert 0 < one.at_s <= one.until_s <= plan.lasts_s
        for other in plan.events[number + 1 :]:
            if set(one.places) & set(other.places):
                assert one.until_s < other.at_s


def test_every_fault_leads_in_its_turn() -> None:
    kinds = len(Fault)
    led = {event.fault for seed in range(kinds) for event in make_plan(seed).events}
    assert led == set(Fault)
