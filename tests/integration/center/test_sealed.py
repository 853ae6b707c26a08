"""Nothing of the questions leaves before the start, whatever is asked and in whatever order."""

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from center import staff
from center.center import Center
from center.store import interviews
from domain import pack
from domain.errors import QuestionsSealed
from domain.stage import MINUTE_MS
from domain.wire.interview import PackBody
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, FIRST_BATCH, Laptop, actor, add_sample, stamp

Ask = Callable[[Laptop], httpx.Response]
WORDS = ("图书馆", "防诈骗", "窗口排起了长队")
ASKS: dict[str, Ask] = {
    "view": lambda laptop: laptop.get(),
    "questions": lambda laptop: laptop.get("/questions"),
    "pack": lambda laptop: laptop.get("/questions/pack"),
    "key": lambda laptop: laptop.get(f"/questions/key?pack={laptop.granted['pack']}"),
    "prepare": lambda laptop: laptop.prepare().get(),
    "enter": lambda laptop: laptop.enter(),
    "shown": lambda laptop: laptop.heartbeat(facts={"questions_shown": stamp(2_000_000_000_000)}),
    "heartbeat": lambda laptop: laptop.heartbeat(stage="answering", at=stamp(2_000_000_000_000)),
    "events": lambda laptop: laptop.post(
        "/events", {"events": [{"id": str(uuid.uuid4()), "kind": "start", "at": stamp()}]}
    ),
    "end": lambda laptop: laptop.post("/end", {"center_ms": 9, "center_est": False, "boot_id": "b", "boot_ns": "1"}),
    "help": lambda laptop: laptop.post("/help", {"id": str(uuid.uuid4()), "text": "提前放题", "at": stamp()}),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=st.lists(st.sampled_from(sorted(ASKS)), min_size=1, max_size=12), left_ms=st.integers(1, 29 * MINUTE_MS))
def test_before_the_start_no_order_of_requests_gives_a_question_or_a_key(
    sealed: "Sealed", asks: list[str], left_ms: int
) -> None:
    sealed.set_left(left_ms)
    key = sealed.key()
    for name in asks:
        answer = ASKS[name](sealed.laptop)
        assert answer.status_code < 500, answer.text
        text = json.dumps(answer.json(), ensure_ascii=False)
        assert not any(word in text for word in WORDS)
        assert key not in text
        if name in ("questions", "key"):
            assert (answer.status_code, answer.json()["code"]) == (403, "questions_sealed")
    with pytest.raises(QuestionsSealed):
        staff.release(sealed.center.database, CODE, sealed.laptop.number, actor(sealed.center))


class Sealed:
    """A candidate who is logged in, and a clock that can be set to any time before the start."""

    def __init__(self, running: Running, folder: Path) -> None:
        self._running = running
        self._start_ms = add_sample(running.center, folder, start_in_ms=20 * MINUTE_MS)
        self.center: Center = running.center
        self.laptop = Laptop(running.url).log_in_by_hand(running.center)
        self.laptop.granted["pack"] = PackBody.model_validate(self.laptop.get("/questions/pack").json()).id

    def set_left(self, left_ms: int) -> None:
        """So much is left until the start."""
        self._running.clock.pass_ms(self._start_ms - left_ms - self._running.clock.wall_ms())

    def key(self) -> str:
        """What must not be seen."""
        row = self.center.database.read(lambda db: interviews.pack(db, self.laptop.granted["pack"]))
        assert row is not None
        return pack.to_text(row.key)


@pytest.fixture
def sealed(serve: Serve, tmp_path: Path) -> Iterator["Sealed"]:
    with serve(asks_per_minute=100_000, help_most=100_000) as running:
        made = Sealed(running, tmp_path / "project")
        yield made
        made.laptop.close()


def test_postponed_in_the_last_second_stays_sealed(running: Running, tmp_path: Path) -> None:
    start_ms = add_sample(running.center, tmp_path / "project")
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    laptop.enter()
    running.clock.pass_ms(start_ms - 1 - running.clock.wall_ms())
    staff.postpone(running.center.database, CODE, FIRST_BATCH, start_ms + MINUTE_MS, actor(running.center))
    running.clock.pass_ms(1)
    assert laptop.get("/questions").json()["code"] == "questions_sealed"
    running.clock.pass_ms(MINUTE_MS)
    assert laptop.get("/questions").status_code == 200
    laptop.close()


def test_who_logged_in_but_did_not_enter_reads_nothing_after_the_start(running: Running, tmp_path: Path) -> None:
    start_ms = add_sample(running.center, tmp_path / "project")
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    name = laptop.get("/questions/pack").json()["id"]
    running.clock.pass_ms(start_ms - running.clock.wall_ms())
    for path in ("/questions", f"/questions/key?pack={name}"):
        assert laptop.get(path).json()["code"] == "stage_closed"
    laptop.close()


def test_a_pack_of_somebody_else_has_no_key_here(running: Running, tmp_path: Path) -> None:
    start_ms = add_sample(running.center, tmp_path / "project")
    mine = Laptop(running.url).log_in_by_hand(running.center).prepare()
    other = Laptop(running.url, "20260002", "TEST-ID-0002").log_in_by_hand(running.center).prepare()
    packs = [laptop.enter().json()["pack"] for laptop in (mine, other)]
    assert packs[0]["id"] != packs[1]["id"]
    running.clock.pass_ms(start_ms - running.clock.wall_ms())
    assert mine.get(f"/questions/key?pack={packs[1]['id']}").json()["code"] == "questions_missing"
    keys = set()
    for laptop, body in zip((mine, other), packs, strict=True):
        keys.add(laptop.get(f"/questions/key?pack={body['id']}").json()["key"])
        laptop.close()
    assert len(keys) == 2
