"""How the phone stands, whatever it said and whenever."""

from hypothesis import given
from hypothesis import strategies as st

from domain.companion import (
    FILMING,
    LOST_AFTER_MS,
    LOST_MS,
    STOPPED,
    UNBOUND,
    BindingState,
    Live,
    PhoneState,
    binding_state,
    is_bound,
    low_battery,
)

NOW = 1_778_893_200_000
lives = st.builds(
    Live, st.sampled_from(PhoneState), st.integers(min_value=NOW - 10 * LOST_AFTER_MS, max_value=NOW), st.booleans()
)


@given(st.one_of(st.none(), lives), st.booleans(), st.booleans())
def test_a_bound_phone_never_looks_unbound_and_no_phone_never_bound(
    live: Live | None, asking: bool, waiting: bool
) -> None:
    state = binding_state(live, asking=asking, waiting=waiting, now_ms=NOW)
    assert is_bound(state) == (live is not None)


@given(lives, st.booleans())
def test_done_is_the_centers_word_alone(live: Live, asking: bool) -> None:
    state = binding_state(live, asking=asking, waiting=False, now_ms=NOW)
    assert (state is BindingState.DONE) == live.verified


@given(lives)
def test_silence_is_lost_and_never_shown_as_recording(live: Live) -> None:
    state = binding_state(live, asking=False, waiting=False, now_ms=NOW)
    silent_ms = NOW - live.heard_ms
    if live.verified:
        return
    limit = LOST_AFTER_MS if live.state in STOPPED else LOST_MS
    assert (state is BindingState.LOST) == (silent_ms > limit)
    if state is BindingState.RECORDING:
        assert live.state in FILMING


def test_every_word_of_a_phone_is_shown_as_something() -> None:
    shown = {word: binding_state(Live(word, NOW), asking=False, waiting=False, now_ms=NOW) for word in PhoneState}
    assert not set(shown.values()) & UNBOUND
    assert {word for word in PhoneState if word.value == shown[word].value} == {
        PhoneState.RECORDING,
        PhoneState.INTERRUPTED,
        PhoneState.FROZEN,
        PhoneState.BLACK,
        PhoneState.SILENT,
        PhoneState.UPLOADING,
    }


def test_a_charging_phone_is_not_low() -> None:
    assert low_battery(0.1, None)
    assert low_battery(0.1, False)
    assert not low_battery(0.1, True)
    assert not low_battery(0.5, False)
    assert not low_battery(None, None)
