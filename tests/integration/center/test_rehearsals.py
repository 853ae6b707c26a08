"""考前模拟测试 at the center: anybody may begin one, it starts soon after entering, and nothing of it stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, func, select

from center.center import Center
from center.faces.engine import FaceEngine
from center.faces.image import Pixels
from center.faces.models import load_models
from center.faces.settings import FaceSettings
from center.faces.words import Turn
from center.store import projects, rehearsals
from center.tables import METADATA, Batch, SessionRow
from domain.errors import ProjectInvalid
from domain.identity import Track
from domain.stage import MINUTE_MS
from domain.wire.center import API
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import Laptop, import_at, sample_at
from tests.support.center import Device
from tests.support.people import astronaut
from tests.support.puppet import TURNS, Puppet, jpeg
from tests.support.trust import TRUST
from zhishi.sample import write_practice

CONSENT = {"version": "2026-1", "accepted": True}


def opened(running: Running, folder: Path) -> Running:
    import_at(running.center, write_practice(folder))
    return running


@pytest.fixture
def rehearsing(running: Running, tmp_path: Path) -> Running:
    return opened(running, tmp_path / "practice")


def begin(running: Running) -> httpx.Response:
    return httpx.post(f"{running.url}{API}/rehearsals", json={}, verify=TRUST)


@pytest.fixture
def laptop(rehearsing: Running) -> Iterator[Laptop]:
    made = someone(rehearsing)
    yield made
    made.close()


def someone(running: Running) -> Laptop:
    told = begin(running).json()
    made = Laptop(running.url, told["number"], told["id_number"])
    begun = made.begin(project=told["project"]).json()
    helped = made.http.post(f"{API}/login/{begun['login']}/help", json={})
    assert helped.json()["step"] == "passed", "nobody sits there for it: who asks is let in"
    made.granted = made.grant(begun["login"]).json()["granted"]
    made.act = made.granted["act"]
    return made


def test_nobody_rehearses_where_nothing_is_open(running: Running) -> None:
    answer = begin(running)
    assert (answer.status_code, answer.json()["code"]) == (404, "rehearsal_closed")


def test_everybody_gets_a_candidate_and_a_batch_of_their_own(rehearsing: Running) -> None:
    first, second = begin(rehearsing).json(), begin(rehearsing).json()
    assert first["number"] != second["number"]
    assert first["id_number"] != second["id_number"]
    told = httpx.get(f"{rehearsing.url}{API}/projects/{first['project']}").json()
    assert told["practice"] is True
    assert told["batches"] == [], "other people's rehearsals are nobody's business"
    crossed = Laptop(rehearsing.url, first["number"], second["id_number"])
    assert crossed.begin(project=first["project"]).json()["code"] == "login_refused"
    crossed.close()


def test_it_starts_soon_after_entering_and_only_for_who_entered(rehearsing: Running, laptop: Laptop) -> None:
    other = someone(rehearsing)
    before = laptop.get().json()["state"]["schedule"]["start_ms"]
    assert before - rehearsing.clock.wall_ms() > 10 * MINUTE_MS, "time to get there"
    laptop.prepare()
    rehearsing.clock.pass_ms(2 * MINUTE_MS)
    entered = laptop.enter().json()
    lead_ms = int(rehearsing.config.rehearsal_lead_s * 1000)
    assert entered["state"]["schedule"]["start_ms"] == rehearsing.clock.wall_ms() + lead_ms
    assert other.get().json()["state"]["schedule"]["start_ms"] == before
    assert laptop.get("/questions").json()["code"] == "questions_sealed"
    rehearsing.clock.pass_ms(lead_ms)
    assert len(laptop.get("/questions").json()["questions"]) == 2
    other.close()


def test_the_first_clear_picture_stands_for_the_photo(rehearsing: Running) -> None:
    puppet = Puppet.of(astronaut(), FaceEngine(load_models(), FaceSettings()))
    poses: dict[Turn | None, Pixels] = {None: puppet.pose()}
    poses.update((turn, puppet.pose(*angles)) for turn, angles in TURNS.items())
    cues = {f"turn_{turn.value}": turn for turn in Turn}
    told = begin(rehearsing).json()
    laptop = Laptop(rehearsing.url, told["number"], told["id_number"])
    begun = laptop.begin(project=told["project"], consent=CONSENT).json()
    state, number = begun, 0
    assert state["step"] == "face"
    nobody = laptop.frame(begun["login"], jpeg(puppet.pose() * 0 + 90))
    assert nobody.status_code == 200
    assert nobody.json()["step"] == "face"
    assert nobody.json()["guidance"]["zh"]
    while state["step"] == "face" and number < 60:
        number += 1
        rehearsing.clock.pass_ms(300)
        state = laptop.frame(begun["login"], jpeg(poses[cues.get(state["cue"])], noise=number)).json()
    assert state["step"] == "passed", state
    laptop.close()


def test_too_many_are_told_to_come_back(serve: Serve, tmp_path: Path) -> None:
    with serve(rehearsals_open=2) as running:
        opened(running, tmp_path / "practice")
        assert [begin(running).status_code for _ in range(3)] == [200, 200, 503]
        running.clock.pass_ms(61 * MINUTE_MS)
        assert begin(running).status_code == 200
    with serve(tmp_path / "other", rehearsals_address=2) as running:
        opened(running, tmp_path / "practice")
        answers = [begin(running) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) > 0


def test_a_rehearsal_cannot_fill_the_disk_but_an_interview_is_not_counted(serve: Serve, tmp_path: Path) -> None:
    with serve(rehearsal_bytes=3000) as running:
        opened(running, tmp_path / "practice")
        laptop = someone(running)
        device = Device(running.url, laptop.granted["code"])
        seals = device.chain([b"x" * 2000, b"y" * 2000], track=Track.CAMERA)
        assert device.create(seals[0], b"x" * 2000).status_code == 201
        refused = device.create(seals[1], b"y" * 2000)
        assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
        real = running.device()
        for seal, body in zip(real.chain([b"x" * 2000, b"y" * 2000]), (b"x" * 2000, b"y" * 2000), strict=True):
            assert real.create(seal, body).status_code == 201
        for one in (laptop, device, real):
            one.close()


def test_its_copy_on_the_laptop_may_go_when_the_window_is_over(rehearsing: Running, laptop: Laptop) -> None:
    laptop.prepare()
    laptop.enter()
    rehearsing.clock.pass_ms(2 * MINUTE_MS)
    laptop.post("/end", {"center_ms": 1, "center_est": False, "boot_id": "b", "boot_ns": "1"})
    assert laptop.get().json()["state"]["session"]["may_delete"] is False
    rehearsing.clock.pass_ms(61 * MINUTE_MS)
    assert laptop.get().json()["state"]["session"]["may_delete"] is True


def test_everything_of_it_is_deleted_and_nothing_of_anybody_else(rehearsing: Running, laptop: Laptop) -> None:
    center = rehearsing.center
    other = rehearsing.device()
    kept = other.chain([b"kept"])[0]
    assert other.create(kept, b"kept").status_code == 201
    laptop.prepare()
    laptop.enter()
    laptop.heartbeat()
    laptop.post("/help", {"id": "0190c8a0-0000-7000-8000-000000000001", "text": "?", "at": {"center_ms": 1}})
    device = Device(rehearsing.url, laptop.granted["code"])
    seal = device.chain([b"gone"])[0]
    assert device.create(seal, b"gone").status_code == 201
    device.end()
    device.submit(device.manifest({Track.CAMERA: [seal]}))
    evidence = rehearsing.config.evidence
    assert _holds(evidence, b"gone")
    later = rehearsing.clock.wall_ms()
    assert center.database.read(lambda db: rehearsals.ended_before(db, later)) == [], "it runs"
    later += 60 * MINUTE_MS
    assert center.database.read(lambda db: rehearsals.ended_before(db, later)) == [device.session]
    for key in center.database.read(lambda db: rehearsals.keys_of(db, device.session)):
        center.uploads.storage.remove(key)
    center.database.write(lambda db: rehearsals.forget(db, device.session))
    assert not _holds(evidence, b"gone")
    assert _holds(evidence, b"kept")
    center.database.read(lambda db: _nothing_names(db, device.session))
    assert center.database.read(lambda db: projects.session_case(db, other.session)) is not None
    assert center.database.read(lambda db: db.exec(select(func.count()).select_from(Batch)).one()) == 2, "its own, gone"
    center.database.write(lambda db: rehearsals.forget(db, device.session))  # again is a no-op
    device.close()
    other.close()


def test_the_center_forgets_by_itself(serve: Serve, tmp_path: Path) -> None:
    data = tmp_path / "center"
    with serve(data) as running:
        opened(running, tmp_path / "practice")
        begin(running)
    with serve(data, rehearsal_keep_s=-7200) as running:
        _until_empty(running.center)


def _until_empty(center: Center) -> None:
    from tests.support.waiting import wait_until

    def empty() -> bool:
        return center.database.read(lambda db: db.exec(select(SessionRow.id)).first()) is None

    assert wait_until(empty, 20, "the rehearsal is forgotten")


def _holds(folder: Path, content: bytes) -> bool:
    return any(path.is_file() and path.read_bytes() == content for path in folder.rglob("*"))


def _nothing_names(db: Session, session: str) -> None:
    for table in METADATA.sorted_tables:
        if table.name == "audit":
            continue
        rows: list[Any] = list(db.connection().execute(table.select()))
        assert session not in json.dumps([list(map(str, row)) for row in rows]), table.name


def test_an_open_rehearsal_is_practice_and_has_one_batch(tmp_path: Path) -> None:
    from center.folder.reading import read_folder

    folder = sample_at(tmp_path / "project", 1_800_000_000_000)
    file = folder / "project.toml"
    file.write_text(file.read_text().replace("practice = true", "practice = true\nrehearsal = true"))
    with pytest.raises(ProjectInvalid) as refused:
        read_folder(folder, lambda _: None)
    assert "project.toml" in refused.value.detail
    assert "[[batch]]" in str(refused.value.detail)
