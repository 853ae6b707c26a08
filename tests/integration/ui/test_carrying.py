"""The rescue bundle as the window offers it: a real syncd writes it, the center takes it."""

from pathlib import Path

import pytest

from center.config import CenterConfig
from domain.errors import BadInput
from domain.identity import Track
from domain.wire.syncd import EnrolReply, EnrolRequest
from host.localapi import LocalClient
from host.machine import Carrier, carriers
from host.paths import Home
from tests.support.center import center_config, new_session
from tests.support.rescuing import bring
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, syncd_process
from tests.support.waiting import wait_until
from ui.answerpages import Carry
from ui.carrying import Carrying
from zhishi.faultproxy import FaultProxy, Mode


def test_from_the_button_to_the_center(tmp_path: Path) -> None:
    config: CenterConfig = center_config(tmp_path / "center")
    home = Home(tmp_path / "home").prepare()
    stick = tmp_path / "stick"
    stick.mkdir()
    places = [Carrier(str(stick), "stick", 10**9, True)]
    with (
        AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as center,
        FaultProxy(("127.0.0.1", center.port)) as proxy,
        syncd_process(home) as syncd,
    ):
        order = EnrolRequest(center=proxy.url, code=new_session(config).code)
        enrolled = syncd.client.patient(20).post("/enrol", order, EnrolReply)
        proxy.switch(Mode.REFUSE)
        camera = HandRecorder(home, enrolled.session, enrolled.device, Track.CAMERA)
        camera.segment()
        camera.end()
        wait_until(lambda: syncd.status().sessions[0].state == "closed", what="closed")
        carrying = Carrying(LocalClient(home, "syncd"), lambda: places)

        def view() -> Carry:
            carrying.look()
            return carrying.view(syncd.status().sessions[0].state)

        assert (view().offered, view().open) == (True, False)
        with pytest.raises(BadInput):  # only where it was offered: a page cannot name any folder
            carrying.begin(enrolled.session, str(tmp_path))
        carrying.offer()
        assert [place.path for place in view().places] == [str(stick)]
        carrying.begin(enrolled.session, str(stick))
        done = wait_until(lambda: (now := view()).state == "done" and now, what="written")
        assert isinstance(done, Carry)
        assert done.share == 1.0
        assert [Path(file) for file in done.files] == list(stick.iterdir())
        answer = bring(center.url, Path(done.files[0]).read_bytes())
        assert answer.session_receipt is not None

        stick.rename(tmp_path / "pulled")  # the stick is gone: said in words, and another one can be chosen
        carrying.offer()
        assert view().state == "idle"
        carrying.begin(enrolled.session, str(stick))
        refused = view().error
        assert refused is not None
        assert refused.code == "bad_input"
        carrying.put_away()
        assert not view().open

        proxy.switch(Mode.PASS)
        wait_until(lambda: syncd.status().sessions[0].state == "confirmed", what="confirmed")
        assert not view().offered  # nothing is unsent: nothing to carry


def test_there_is_always_somewhere_to_write(tmp_path: Path) -> None:
    assert carriers(tmp_path)[-1].path == str(tmp_path)
    (tmp_path / "Downloads").mkdir()
    last = carriers(tmp_path)[-1]
    assert (last.path, last.removable) == (str(tmp_path / "Downloads"), False)
    assert last.free_bytes > 0
