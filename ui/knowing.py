"""Reading every part once, at one moment: what ``ui.view`` turns into a page."""

from dataclasses import replace

from domain.errors import CaptivePortal, ZhishiError
from domain.wire.recorder import CaptureStatus, RecorderStatus
from ui.devicecheck import Readings
from ui.known import Known
from ui.pagestate import Notice
from ui.parts import Parts

_FRESH_MS = 3_000


def known(
    parts: Parts, *, closing: bool = False, error: ZhishiError | None = None, notices: tuple[Notice, ...] = ()
) -> Known:
    """What is known now; ``error`` is the flow's own, shown before any other; ``notices`` are too."""
    facts, recorder, liaison = parts.interview.facts, parts.recording.status, parts.liaison
    view = facts.view
    here = frozenset(one.id for one in view.attachments if parts.papers.here(one)) if view is not None else frozenset()
    camera = _capture(recorder, "camera")
    return Known(
        facts=facts,
        now=parts.interview.time.now(),
        online=liaison.online,
        readings=_readings(parts, recorder),
        recorder=recorder,
        devices=tuple(parts.recording.devices or ()),
        trial=parts.recording.trial,
        level_db=recorder.level_db if recorder is not None else None,
        preview=camera is not None and camera.frame_age_ms is not None,
        login=parts.login.state,
        login_error=parts.login.error,
        binding=parts.phone.made,
        binding_link=parts.phone.link,
        binding_qr=parts.phone.qr_svg,
        here=here,
        pack=parts.vault.pack is not None,
        questions=parts.vault.questions,
        fetching=liaison.fetching,
        sync=parts.syncing.session,
        receipt=parts.syncing.receipt,
        saved=str(parts.keepsakes.saved or ""),
        printed=str(parts.keepsakes.printed or ""),
        strip=parts.syncing.strip,
        carry=parts.syncing.carrying.view(parts.syncing.session.state if parts.syncing.session else ""),
        error=error or _shown_error(parts),
        closing=closing,
        notices=notices,
    )


def _shown_error(parts: Parts) -> ZhishiError | None:
    """The one thing a person must know now; a lost network is told by a quiet notice instead."""
    chronicle, syncing = parts.interview.chronicle.error, parts.syncing.error
    first = parts.recording.error or parts.login.error or parts.liaison.error
    return first or chronicle or syncing or parts.keepsakes.error


def _capture(recorder: RecorderStatus | None, track: str) -> CaptureStatus | None:
    return next((one for one in recorder.captures if one.track == track), None) if recorder is not None else None


def _readings(parts: Parts, recorder: RecorderStatus | None) -> Readings:
    """What the watch read, with what the recorder and the center say at this moment."""
    read = parts.watch.readings
    camera, liaison, time = _capture(recorder, "camera"), parts.liaison, parts.interview.time
    chosen = {device.id: device.name for device in parts.recording.devices or ()}
    picked = parts.interview.facts.picked
    measured = parts.throughput.measured
    trying = parts.recording.trial.state in ("recording", "making")
    gives = read.camera if trying else None if camera is None else _gives(camera)
    error = camera.error if camera is not None else None
    return replace(
        read,
        camera=gives,
        camera_name=_name(chosen, picked.camera, parts, "camera"),
        camera_error_zh=error.message_zh if error is not None else "",
        camera_error_en=error.message_en if error is not None else "",
        microphone_name=_name(chosen, picked.microphone, parts, "microphone"),
        level_db=recorder.level_db if recorder is not None else None,
        silent_s=5.0 if camera is not None and camera.silent else 0.0,
        trial=parts.recording.trial.state,
        heard=parts.interview.facts.heard,
        online=liaison.online,
        latency_ms=liaison.latency_ms,
        portal=isinstance(liaison.network_error, CaptivePortal),
        upload_bytes_per_s=measured.bytes_per_s if measured is not None else None,
        upload_at_most=measured is not None and measured.at_most,
        measuring=measured is None and parts.throughput.error is None,
        unmeasured=measured is None and parts.throughput.error is not None,
        clock_off_ms=time.offset_ms(),
    )


def _gives(camera: CaptureStatus) -> bool | None:
    """Pictures come; None while it is only starting."""
    if camera.frame_age_ms is not None and camera.frame_age_ms < _FRESH_MS:
        return True
    return False if camera.error is not None or camera.health in ("failed", "stalled") else None


def _name(names: dict[str, str], wish: str | None, parts: Parts, kind: str) -> str:
    if wish is not None and wish in names:
        return names[wish]
    devices = parts.recording.devices or []
    return next((device.name for device in devices if device.kind == kind and device.usable), "")
