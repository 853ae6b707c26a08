"""One try at a face login: frames' judgements in, the next cue or the verdict out. Pure.

Owns the rules of matching and of liveness. Has no clock and no random source, sees no picture and keeps none.

::

    LOOK ──enough agreeing frontal frames──▶ TURN ──head turned as asked──▶ BACK ──straight, same person──▶ TURN …
                                                                             └──after the last turn──▶ passed

Every phase may end the try with ``retry`` (a new try may work) or, in LOOK only, ``refused`` (another person).
"""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from statistics import median
from typing import Any, Self

from center.faces.observation import Observation
from center.faces.settings import FaceSettings
from center.faces.words import CUE_WORDS, FAULT_CUE, REASON_WORDS, TURN_CUE, Concern, Cue, Fault, Reason, Turn
from domain.errors import Words

Straight = tuple[float, float, float]  # similarity, yaw, pitch of a frame that looks straight


class Phase(StrEnum):
    """Where a try is. Moves: look → turn → back → turn … (see the module)."""

    LOOK = "look"
    TURN = "turn"
    BACK = "back"


class Verdict(StrEnum):
    """All but ``running`` are final."""

    RUNNING = "running"
    PASSED = "passed"
    RETRY = "retry"
    REFUSED = "refused"


_LEAD = 0.6  # of the largest offset that the asked one must have
_ON_ITS_WAY = 0.5  # of a turn's threshold
_TURN_IGNORES = frozenset({Fault.NOT_FRONTAL, Fault.BLURRED, Fault.COVERED})  # they come with turning


@dataclass(frozen=True, slots=True)
class LoginAttempt:
    """The whole state of one try; times are center time in milliseconds."""

    challenge: tuple[Turn, ...]
    began_ms: int
    phase_ms: int  # when the present phase began
    last_ms: int  # the last frame or tick
    frame_ms: int  # the last frame
    face_ms: int  # the last frame with exactly one face
    phase: Phase = Phase.LOOK
    verdict: Verdict = Verdict.RUNNING
    reason: Reason | None = None
    cue: Cue = Cue.LOOK_STRAIGHT
    done: int = 0  # turns fulfilled
    straight: tuple[Straight, ...] = ()  # the last frames of LOOK that could be compared
    seen: int = 0  # how many there were
    best: float = -1.0
    low: float = 1.0  # lowest similarity of a frame that counted
    rest: tuple[float, float] = (0.0, 0.0)  # yaw and pitch of this person looking straight
    held: int = 0
    wrong: int = 0
    astray: bool = False  # turned the wrong way and not back yet
    misses: int = 0
    strange: int = 0  # frames of the challenge that show somebody else
    digest: str = ""
    repeats: int = 0
    masked: int = 0
    narrow: bool = False  # a frame below ``accept`` counted on the way back
    frames: int = 0

    @classmethod
    def begin(cls, challenge: tuple[Turn, ...], now_ms: int) -> Self:
        """A fresh try. Raises ValueError for an empty challenge."""
        if not challenge:
            raise ValueError("a challenge without turns shows nothing")
        return cls(challenge, now_ms, now_ms, now_ms, now_ms, now_ms)

    @property
    def guidance(self) -> Words:
        """What to tell the candidate."""
        if self.reason is not None:
            return REASON_WORDS[self.reason]
        return CUE_WORDS[self.cue]

    @property
    def progress(self) -> tuple[int, int]:
        """Parts done, and of how many: looking straight, then each turn."""
        return self.done + (self.phase is not Phase.LOOK), len(self.challenge) + 1

    @property
    def warnings(self) -> frozenset[Concern]:
        """For staff only."""
        found = {
            Concern.MASK: self.masked * 2 > len(self.straight) > 0,
            Concern.REPEATED_FRAMES: self.repeats >= 3,
            Concern.WRONG_TURN: self.misses > 0,
            Concern.NARROW_MATCH: self.narrow,
        }
        return frozenset(concern for concern, true in found.items() if true)

    def tick(self, now_ms: int, settings: FaceSettings) -> Self:
        """Only time has passed."""
        if self.verdict is not Verdict.RUNNING:
            return self
        now_ms = max(now_ms, self.last_ms)  # a clock set back does not lengthen a try
        stalled = now_ms - self.frame_ms > settings.stall_ms
        waited = now_ms - self.phase_ms
        state = replace(self, last_ms=now_ms)
        if self.phase is Phase.LOOK:
            return state._end(Verdict.RETRY, Reason.TOO_SLOW) if waited > settings.look_ms else state
        if stalled:
            return state._end(Verdict.RETRY, Reason.STALLED)
        if waited > settings.turn_ms:
            return state._end(Verdict.RETRY, Reason.NO_TURN if self.phase is Phase.TURN else Reason.TOO_SLOW)
        return state

    def step(self, seen: Observation, now_ms: int, settings: FaceSettings) -> Self:
        """One frame more. A final try stays as it is."""
        state = self.tick(now_ms, settings)
        if state.verdict is not Verdict.RUNNING:
            return state
        now_ms = state.last_ms
        repeated = seen.digest == state.digest
        state = replace(state, frame_ms=now_ms, digest=seen.digest, frames=state.frames + 1)
        if repeated:  # a camera has noise: the same bytes twice are no news of a living person
            return replace(state, repeats=state.repeats + 1, cue=Cue.FROZEN)
        if seen.faces != 1:
            return state._without_one_face(seen, now_ms, settings)
        state = replace(state, face_ms=now_ms)
        match state.phase:
            case Phase.LOOK:
                return state._look(seen, now_ms, settings)
            case Phase.TURN:
                return state._turn(seen, now_ms, settings)
            case Phase.BACK:
                return state._back(seen, now_ms, settings)

    def summary(self) -> dict[str, Any]:
        """Numbers for the timeline: no picture, no embedding."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason.value if self.reason else None,
            "challenge": [turn.value for turn in self.challenge],
            "turns_done": self.done,
            "frames": self.frames,
            "compared": self.seen,
            "similarity_best": round(self.best, 3),
            "similarity_lowest": round(self.low, 3),
            "wrong_turns": self.misses,
            "repeated_frames": self.repeats,
            "took_ms": self.last_ms - self.began_ms,
            "warnings": sorted(concern.value for concern in self.warnings),
        }

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        """The counterpart of ``to_dict``. Raises KeyError, TypeError or ValueError for anything else."""
        return cls(
            **{
                **raw,
                "challenge": tuple(Turn(turn) for turn in raw["challenge"]),
                "phase": Phase(raw["phase"]),
                "verdict": Verdict(raw["verdict"]),
                "reason": Reason(raw["reason"]) if raw["reason"] else None,
                "cue": Cue(raw["cue"]),
                "straight": tuple((float(a), float(b), float(c)) for a, b, c in raw["straight"]),
                "rest": (float(raw["rest"][0]), float(raw["rest"][1])),
            }
        )

    def _end(self, verdict: Verdict, reason: Reason) -> Self:
        return replace(self, verdict=verdict, reason=reason, cue=Cue.DONE if verdict is Verdict.PASSED else self.cue)

    def _without_one_face(self, seen: Observation, now_ms: int, settings: FaceSettings) -> Self:
        state = replace(self, held=0, wrong=0, cue=Cue.SHOW_FACE if seen.faces == 0 else Cue.ALONE)
        if self.phase is not Phase.LOOK and now_ms - self.face_ms > settings.lost_ms:
            return state._end(Verdict.RETRY, Reason.FACE_LOST if seen.faces == 0 else Reason.SEVERAL_FACES)
        return state

    def _look(self, seen: Observation, now_ms: int, settings: FaceSettings) -> Self:
        if seen.faults:
            return replace(self, cue=FAULT_CUE[seen.faults[0]])
        straight = (*self.straight, (seen.similarity, seen.yaw, seen.pitch))[-settings.window :]
        state = replace(
            self,
            straight=straight,
            seen=self.seen + 1,
            best=max(self.best, seen.similarity),
            masked=min(self.masked + 1, settings.window) if seen.masked else max(self.masked - 1, 0),
            cue=Cue.HOLD_STILL,
        )
        agreeing = [frame for frame in straight if frame[0] >= settings.accept]
        if len(agreeing) >= settings.agree and len(straight) == settings.window:  # fewer make an unsteady rest
            rest = (median(frame[1] for frame in straight), median(frame[2] for frame in straight))
            low = min(frame[0] for frame in agreeing)
            return replace(state, rest=rest, low=low)._enter(Phase.TURN, now_ms)
        if state.seen >= settings.look_frames:
            stranger = state.best < settings.retry
            return state._end(
                Verdict.REFUSED if stranger else Verdict.RETRY, Reason.NOT_SAME_PERSON if stranger else Reason.UNSURE
            )
        return state

    def _enter(self, phase: Phase, now_ms: int) -> Self:
        cue = Cue.BACK if phase is Phase.BACK else TURN_CUE[self.challenge[self.done]]
        return replace(self, phase=phase, phase_ms=now_ms, cue=cue, held=0, wrong=0, astray=False)

    def _turn(self, seen: Observation, now_ms: int, settings: FaceSettings) -> Self:
        asked = self.challenge[self.done]
        hindering = [fault for fault in seen.faults if fault not in _TURN_IGNORES]
        if hindering:
            return replace(self, held=0, wrong=0, cue=FAULT_CUE[hindering[0]])
        if seen.similarity < settings.turned_match:
            return self._somebody_else(settings)
        shown = self._shown(seen, settings)
        state = replace(self, strange=0, cue=Cue.OTHER_WAY if self.astray else TURN_CUE[asked])
        if self.astray:
            back = self._is_back(seen, settings)
            return replace(state, astray=not back, wrong=0, held=0, cue=TURN_CUE[asked] if back else Cue.OTHER_WAY)
        if shown is asked:
            held = self.held + 1
            state = replace(state, held=held, wrong=0)
            return state._enter(Phase.BACK, now_ms) if held >= settings.hold else state
        wrong = self.wrong + 1 if shown is not None else 0
        state = replace(state, held=0, wrong=wrong)
        if wrong < settings.hold:
            return state
        state = replace(state, misses=self.misses + 1, astray=True, wrong=0, cue=Cue.OTHER_WAY)
        return state._end(Verdict.RETRY, Reason.WRONG_TURN) if state.misses > settings.misses else state

    def _back(self, seen: Observation, now_ms: int, settings: FaceSettings) -> Self:
        if not self._is_back(seen, settings):
            return replace(self, held=0, cue=Cue.BACK)
        if seen.faults:
            return replace(self, held=0, cue=FAULT_CUE[seen.faults[0]])
        if seen.similarity < settings.retry:
            return self._somebody_else(settings)
        held = self.held + 1
        state = replace(self, held=held, strange=0, cue=Cue.HOLD_STILL, low=min(self.low, seen.similarity))
        state = replace(state, narrow=state.narrow or seen.similarity < settings.accept)
        if held < settings.back_hold:
            return state
        state = replace(state, done=self.done + 1)
        if state.done < len(self.challenge):
            return state._enter(Phase.TURN, now_ms)
        return state._end(Verdict.PASSED, Reason.MATCHED)

    def _somebody_else(self, settings: FaceSettings) -> Self:
        state = replace(self, held=0, wrong=0, strange=self.strange + 1)
        return state._end(Verdict.RETRY, Reason.FACE_CHANGED) if state.strange >= settings.window else state

    def _offsets(self, seen: Observation, settings: FaceSettings) -> tuple[float, float]:
        return (seen.yaw - self.rest[0]) / settings.turn_yaw, (seen.pitch - self.rest[1]) / settings.turn_pitch

    def _is_back(self, seen: Observation, settings: FaceSettings) -> bool:
        return all(abs(offset) <= settings.center_share for offset in self._offsets(seen, settings))

    def _shown(self, seen: Observation, settings: FaceSettings) -> Turn | None:
        """The turn this frame shows: the one asked for, or clearly another one, or None.

        Yaw and pitch as measured are not quite free of each other, so the asked one may be the smaller, and where it is
        on its way nothing is called wrong.
        """
        asked = self.challenge[self.done]
        sideways, down = self._offsets(seen, settings)
        towards = {Turn.LEFT: sideways, Turn.RIGHT: -sideways, Turn.UP: -down, Turn.DOWN: down}
        largest = max(towards, key=lambda turn: towards[turn])
        if towards[asked] >= 1 and towards[asked] >= _LEAD * towards[largest]:
            return asked
        wrong = towards[asked] < _ON_ITS_WAY and towards[largest] >= settings.wrong_share
        return largest if wrong else None
