"""The parts of the candidate's program, made once and handed to whoever composes them. Composition only."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from domain.wire.interview import Progress
from domain.wire.syncd import SessionStatus
from host.awake import inhibitor
from host.centertime import CenterTime
from host.localapi import LocalClient
from host.paths import Home
from ui.centerclient import CenterClient
from ui.config import UiConfig
from ui.installation import installation_of
from ui.interview import Interview
from ui.keepsakes import Keepsakes
from ui.launcher import Launcher
from ui.liaison import Liaison
from ui.login import Login
from ui.papers import Papers
from ui.phone import Phone
from ui.preview import Preview
from ui.questions import Vault
from ui.recording import Recording
from ui.rehearsal import Cutter
from ui.syncing import Syncing
from ui.throughput import Throughput
from ui.watch import Watch


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that lives as long as the window."""

    interview: Interview
    center: CenterClient
    launcher: Launcher
    recorder: LocalClient
    preview: Preview
    recording: Recording
    syncing: Syncing
    vault: Vault
    papers: Papers
    login: Login
    watch: Watch
    liaison: Liaison
    throughput: Throughput
    keepsakes: Keepsakes
    phone: Phone
    cutter: Cutter

    def harmless(self) -> bool:
        """Nothing is unsent: closing the window or beginning anew harms nothing."""
        return not self.interview.situation.entered or self.syncing.arrived


def make_parts(
    home: Home, config: UiConfig, center_time: CenterTime, chance: random.Random, changed: Callable[[], None]
) -> Parts:
    """``changed`` is told by every part when there may be something new to show. Raises StorageError."""
    interview = Interview(home, center_time)
    launcher = Launcher(home, config.launch, center_time.clock)
    recorder = LocalClient(home, "recorder", 5.0)
    syncd = LocalClient(home, "syncd", 5.0)
    center = CenterClient(
        config.center, proxies=config.proxies, ca=config.ca_bundle, installation=installation_of(home)
    )
    preview = Preview(recorder)
    recording = Recording(recorder, launcher)
    syncing = Syncing(interview, launcher, syncd)
    vault, papers = Vault(home.state), Papers(home.state)
    phone = Phone(interview, center)
    liaison = Liaison(
        interview,
        center,
        launcher,
        syncd,
        papers,
        vault,
        phone,
        lambda: _progress(recording, syncing.session),
        changed,
        chance,
    )
    return Parts(
        interview=interview,
        center=center,
        launcher=launcher,
        recorder=recorder,
        preview=preview,
        recording=recording,
        syncing=syncing,
        vault=vault,
        papers=papers,
        login=Login(interview, center, preview, changed, liaison.wake),
        watch=Watch(interview, recording, config.display, inhibitor(config.launch.environ), changed),
        liaison=liaison,
        throughput=Throughput(center, center_time.clock, changed),
        keepsakes=Keepsakes(config.downloads),
        phone=phone,
        cutter=Cutter(interview, center, syncd),
    )


def _progress(recording: Recording, sync: SessionStatus | None) -> Progress:
    """For support, with every heartbeat."""
    recorder = recording.status
    return Progress(
        recorder=recorder.mode if recorder is not None else "off",
        health={capture.track: capture.health for capture in recorder.captures} if recorder is not None else {},
        free_bytes=recorder.disk.free_bytes if recorder is not None and recorder.disk is not None else None,
        sync=sync.state if sync is not None else "",
        remaining_bytes=sync.remaining_bytes if sync is not None else 0,
        bytes_per_second=sync.bytes_per_second if sync is not None else 0.0,
        troubles=[trouble.error.code for trouble in sync.troubles][:20] if sync is not None else [],
    )
