"""``GET /events``: the status is told when it changes, not when it is asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from center.config import CenterConfig
from domain.errors import AlreadyRunning
from domain.wire.syncd import EnrolReply, EnrolRequest, SyncStatus
from host.localapi import LocalClient
from host.paths import Home
from syncd.news import MOST_LISTENERS
from tests.support.center import new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, syncd_process


def told(answer: requests.Response) -> Iterator[SyncStatus]:
    """Each status of the stream."""
    for line in answer.iter_lines():
        if line.startswith(b"data: "):
            yield SyncStatus.model_validate_json(line.removeprefix(b"data: "))


def test_a_listener_hears_of_each_link_and_of_the_receipt(
    tmp_path: Path, center: AsgiProcess, config: CenterConfig
) -> None:
    with syncd_process(Home(tmp_path).prepare()) as process:
        heard = told(process.client.fetch("GET", "/events", stream=True))
        assert next(heard).sessions == []
        order = EnrolRequest(center=center.url, code=new_session(config).code)
        reply = LocalClient(process.home, "syncd").post("/enrol", order, EnrolReply)
        camera = HandRecorder(process.home, reply.session, reply.device)
        camera.segment()
        camera.end()
        confirmed = next(status for status in heard if [s.state for s in status.sessions] == ["confirmed"])
        assert confirmed.sessions[0].tracks["camera"].verified_links == 2


def test_listeners_are_bounded_and_nothing_else_suffers(tmp_path: Path) -> None:
    with syncd_process(Home(tmp_path).prepare()) as process:
        listening = [process.client.fetch("GET", "/events", stream=True) for _ in range(MOST_LISTENERS)]
        heard = [told(one) for one in listening]
        for one in heard:
            next(one)
        with pytest.raises(AlreadyRunning):
            process.client.fetch("GET", "/events", stream=True)
        assert process.status().sessions == []
        for answer in listening:
            answer.close()
