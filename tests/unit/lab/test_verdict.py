"""What a power cut is said to have cost."""

from dataclasses import replace

from domain.identity import LinkKind, Track
from domain.seal import EMPTY_SHA256, GapReason, Seal, genesis
from tests.lab.locked import closure
from tests.lab.verdict import PowerCut, chains_of, durable, hidden_s, judge
from tests.support.seals import DEVICE, RUN, SESSION

S = 10**9


def chain(track: Track, *links: tuple[int, int, GapReason | None], boot: str = "one") -> tuple[Seal, ...]:
    """Links of (start in s, seconds, reason); a segment has no reason."""
    made: list[Seal] = []
    for seq, (start, seconds, reason) in enumerate(links):
        made.append(
            Seal(
                kind=LinkKind.SEGMENT if reason is None else LinkKind.GAP,
                session=SESSION, device=DEVICE, track=track, run=RUN, index=seq, seq=seq,
                prev=made[-1].hash() if made else genesis(SESSION, DEVICE, track),
                boot_id=boot, boot_ns=start * S, center_ms=start * 1000, center_est=False, wall_ms=0,
                duration_ms=seconds * 1000, size=0 if reason else 1, sha256=EMPTY_SHA256 if reason else "1" * 64,
                reason=reason,
            )
        )  # fmt: skip
    return tuple(made)


CAMERA = chain(Track.CAMERA, (10, 5, None), (15, 5, None), (20, 3, None))
SCREEN = chain(Track.SCREEN, (10, 10, None), (20, 4, None))
AFTER = {Track.CAMERA: CAMERA, Track.SCREEN: SCREEN}
ALL = {seal.hash() for seals in AFTER.values() for seal in seals}
CUT = PowerCut("one", 24 * S, 0, 0, 0)


def test_a_cut_that_cost_a_second_is_within_the_promise() -> None:
    verdict = judge(SESSION, DEVICE, AFTER, ALL, ALL, CUT)
    assert verdict.tail_s == {Track.CAMERA: 1.0, Track.SCREEN: 0.0}
    assert verdict.good


def test_each_kind_of_loss_is_seen() -> None:
    late = replace(CUT, boot_ns=26 * S)
    assert judge(SESSION, DEVICE, AFTER, ALL, ALL, late).tail_s[Track.CAMERA] == 3.0
    other_boot = replace(CUT, boot="two")
    broken = {Track.CAMERA: (CAMERA[0], CAMERA[2]), Track.SCREEN: SCREEN}
    for verdict in (
        judge(SESSION, DEVICE, AFTER, ALL, ALL, late),
        judge(SESSION, DEVICE, AFTER, ALL, ALL, other_boot),
        judge(SESSION, DEVICE, AFTER, ALL | {"gone"}, ALL, CUT),
        judge(SESSION, DEVICE, AFTER, ALL, ALL - {CAMERA[1].hash()}, CUT),
        judge(SESSION, DEVICE, AFTER, ALL, ALL | {"forgotten by the laptop"}, CUT),
        judge(SESSION, DEVICE, broken, set(), {one.hash() for seals in broken.values() for one in seals}, CUT),
    ):
        assert not verdict.good


def test_a_stretch_that_nobody_declared_is_seen() -> None:
    assert hidden_s(chain(Track.CAMERA, (0, 5, None), (5, 4, GapReason.REBOOTED), (9, 5, None))) == 0
    assert hidden_s(chain(Track.CAMERA, (0, 5, None), (5, 2, GapReason.REBOOTED), (9, 5, None))) == 2


def test_only_what_the_recorder_counted_is_held_to_be_flushed() -> None:
    assert durable(AFTER, {Track.CAMERA: 2}) == {seal.hash() for seal in CAMERA[:2]}
    assert durable(AFTER, {}) == set()
    assert chains_of([*reversed(CAMERA), *SCREEN]) == AFTER


def test_the_laptop_gets_what_the_product_needs_and_not_what_developing_it_needs() -> None:
    lock = "# a comment\npytest==1 \\\n    --hash=sha256:aa\n    # via x\niniconfig==2\n"
    lock += "packaging==3 ; x \\\n    --hash=sha256:bb\npluggy==4\npygments==5\nnumpy==6\n"
    taken = closure(lock, "pytest").splitlines()
    assert "packaging==3 ; x \\" in taken
    assert "    --hash=sha256:bb" in taken
    assert "numpy==6" not in taken
