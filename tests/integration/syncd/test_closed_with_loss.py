"""缺失说明结案 on the laptop: told by a statement that was checked, never as confirmed, and sending goes on."""

import json
from pathlib import Path

from rich.console import Console

from center import closing
from center.accounts import desk
from center.accounts.factors import Passwords
from center.accounts.roles import Role
from center.admin import opened
from center.config import CenterConfig
from center.keys import load_keys
from center.staff import Actor
from domain.causes import Cause
from domain.identity import Track
from domain.loss import LossStatement
from domain.signature import LOSS_TYP, CenterKeys
from domain.status import LocalSessionState
from domain.window import Assessment
from domain.wire.syncd import SessionStatus, SyncStatus
from host.clock import SystemClock
from syncd.retention import Until
from tests.support.publishing import publish
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until
from ui.words import end_words
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.statusview import render


def close(config: CenterConfig, session: str) -> None:
    """Two of support, beside the running center."""
    keys = load_keys(config.keys, config.issuer, 1)
    with opened(config) as database:
        now = SystemClock().wall_ms()
        for name in ("韩梅", "李雷"):
            desk.add(database, Passwords(256), name, frozenset({Role.SUPPORT}), "test", "test", now)
        closing.propose(database, session, Cause.NETWORK, Actor("韩梅", "网络无法恢复", now))
        closing.confirm(database, keys, session, Actor("李雷", "已核对", now))


def shown(status: SyncStatus) -> str:
    console = Console(width=200, record=True)
    console.print(render(status, None, None))
    return console.export_text()


def test_it_is_told_as_closed_and_what_is_left_is_still_sent_then_kept_until_the_leave(
    laptop: Laptop, config: CenterConfig, proxy: FaultProxy
) -> None:
    camera, screen = laptop.recorder(), laptop.recorder(Track.SCREEN)
    camera.segment()
    laptop.verified(3)
    screen.path(seal := screen.segment()).rename(laptop.home.root / "lost")  # its file is gone from this machine
    camera.end()
    wait_until(lambda: laptop.here().ended_ms is not None and laptop.here().state == "closed", what="closed")
    close(config, laptop.session)
    here: SessionStatus = wait_until(
        lambda: (s := laptop.here()).assessment == "closed_with_loss" and s, 20, "told as closed"
    )  # type: ignore[assignment]
    assert here.state == "closed", "not confirmed"
    assert here.receipt is None
    assert (here.loss is not None, here.keep_until) == (True, Until.CONFIRMED.value)
    keys = CenterKeys.from_dict(json.loads(Path(here.center_key or "").read_text()))
    said = LossStatement.from_dict(keys.check(Path(here.loss or "").read_text(), LOSS_TYP))
    assert (said.session, said.confirmed.by) == (laptop.session, "李雷")
    text = shown(laptop.status())
    assert "缺失说明结案" in text
    assert "上传成功" not in text.replace("上传成功之前不得删除", "")
    words, _ = end_words(LocalSessionState(here.state), Assessment(here.assessment), online=True, practice=False)
    assert "结案" in words.zh
    assert "成功" not in words.zh
    laptop.stop()
    laptop.start()
    assert laptop.here().assessment == "closed_with_loss", "also after a restart, from the disk alone"
    (laptop.home.root / "lost").rename(screen.path(seal))  # found after all: it is sent, and stays closed
    wait_until(lambda: laptop.here().state == "submitted", 20, "everything of this laptop has arrived")
    assert laptop.here().assessment == "closed_with_loss"
    assert laptop.here().keep_until == Until.PUBLISHED.value
    with opened(config) as database:
        publish(database, "rehearsal", SystemClock().wall_ms())
    wait_until(lambda: laptop.here().deleted_ms is not None, 20, "deleted by the rule")
    assert laptop.here().assessment == "closed_with_loss"
    assert proxy is not None


def test_a_statement_that_the_center_did_not_sign_counts_for_nothing(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    laptop.stop()
    forged = laptop.home.receipts / f"{laptop.session}.loss.jws"
    forged.write_text("eyJhbGciOiJFZDI1NTE5In0.e30.AAAA")
    laptop.start()
    assert laptop.here().assessment != "closed_with_loss"
    assert laptop.trouble("signature_invalid")
