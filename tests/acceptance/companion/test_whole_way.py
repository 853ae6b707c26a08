"""The phone's whole way in a real browser: scan, pan, film, cut the network, kill the browser, stop, send, receipt."""

import json
from pathlib import Path

import pytest

from center.tables import Device
from domain.chain import follow
from domain.identity import LinkKind, Track
from domain.seal import GapReason, Seal, parse_seal
from tests.support.phonepage import IPHONE, World, code_before_camera, world
from tests.support.waiting import wait_until
from zhishi.faultproxy import Mode

_LONGEST_MS = 5000  # a kill costs no more
_NO_ED25519 = """
for (const name of ["generateKey", "importKey", "sign", "verify"]) {
  const real = SubtleCrypto.prototype[name];
  SubtleCrypto.prototype[name] = function (...given) {
    if (given.includes("Ed25519")) return Promise.reject(new DOMException("unknown", "NotSupportedError"));
    return real.apply(this, given);
  };
}
"""


def _seals(scene: World) -> list[Seal]:
    return [parse_seal(row.seal.encode()) for row in scene.uploads()]


def test_scan_film_cut_kill_stop_send_receipt(any_scene: World) -> None:
    _whole_way(any_scene)
    assert "本机已核对" in any_scene.phone.page.inner_text(".receipt")
    assert _key(any_scene) == ("OKP", "Ed25519")


@pytest.mark.drill
def test_the_same_in_a_browser_without_ed25519(tmp_path: Path) -> None:
    with world(tmp_path, device=IPHONE) as scene:
        _whole_way(scene, _NO_ED25519)
        assert "本机浏览器不能核对" in scene.phone.page.inner_text(".receipt")  # the center's own key is Ed25519
        assert _key(scene) == ("EC", "P-256")
        assert scene.phone.said == []


def _key(scene: World) -> tuple[str, str]:
    """The kind of key that the phone bound itself with."""
    device = scene.uploads()[0].device
    key = json.loads(scene.center.database.read(lambda db: db.get_one(Device, device)).public_key)
    return key["kty"], key["crv"]


def _whole_way(scene: World, init: str = "") -> None:
    phone = scene.phone
    page = phone.start(camera=code_before_camera(scene.link()), init=init).page
    page.goto(f"{scene.base}/companion")
    page.get_by_role("button", name="扫描二维码").click()
    page.wait_for_selector("main.asking", timeout=30_000)
    assert "0001" in page.inner_text("main")
    scene.approve()
    page.wait_for_selector("main.ready")
    phone.close()  # the fake camera shows one thing in its life: from here on it sees the person
    page = phone.start(init=init).page
    page.goto(f"{scene.base}/companion")
    scene.film()
    assert wait_until(lambda: scene.verified() >= 2, 30, "segments arrive while it films")
    assert scene.binding()["state"] == "recording"

    scene.proxy.switch(Mode.REFUSE)
    sent = len(scene.uploads())
    page.wait_for_selector("text=网络中断", timeout=20_000)
    before = page.text_content(".band figcaption")
    wait_until(lambda: page.text_content(".band figcaption") != before, 20, "it films on without network")
    assert page.locator("main.filming .state.good").count() == 1
    phone.kill()
    assert len(scene.uploads()) == sent
    page = phone.start(init=init).page
    page.goto(f"{scene.base}/companion")  # opened again without network: the service worker has the page
    page.wait_for_selector("main.filming .state.good", timeout=20_000)
    scene.proxy.switch(Mode.PASS)
    page.wait_for_selector("text=网络正常", timeout=60_000)
    wait_until(lambda: LinkKind.GAP in {seal.kind for seal in _seals(scene)}, 60, "the gap arrives")
    scene.stop()
    page.wait_for_selector("h1:has-text('已全部送达')", timeout=60_000)
    scene.end()
    page.wait_for_selector("h1:has-text('上传成功')", timeout=60_000)

    seals = _seals(scene)
    device = seals[0].device
    summary = follow(seals, seals[0].session, device, Track.COMPANION)  # raises where the chain is broken
    assert scene.verified() == len(seals)
    gaps = [seal for seal in seals if seal.kind is LinkKind.GAP]
    assert GapReason.RECORDER_DIED in {gap.reason for gap in gaps}  # however quickly the browser was back
    assert {gap.reason for gap in gaps if gap.duration_ms > 2000} <= {GapReason.RECORDER_DIED}
    assert summary.gaps == len(gaps)
    lasted = sorted(seal.duration_ms for seal in seals if seal.kind is LinkKind.SEGMENT)
    assert lasted[len(lasted) // 2] <= _LONGEST_MS
    shown = scene.binding()
    assert shown["state"] == "done", json.dumps(shown)
