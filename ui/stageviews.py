"""One function a stage: from what is known to the page of that stage. Pure; the gates are ``domain.stage``'s."""

from domain.errors import LoginActive, LoginTooEarly, ZhishiError
from domain.stage import Stage, enter_gate, gate, login_gate
from domain.status import LocalSessionState
from domain.window import Assessment
from ui import words
from ui.answerpages import Answering, End, Question, TrackView
from ui.devicecheck import blocking, judge
from ui.entrypages import (
    Attachment,
    Attachments,
    Check,
    Chosen,
    Confirm,
    Consent,
    Devices,
    Enter,
    Login,
    Pledge,
    Rule,
    Trial,
)
from ui.known import Known
from ui.pagestate import Page
from ui.phoneviews import binding_page, phone_panel, phone_todo, phone_word


def page_of(known: Known, stage: Stage) -> Page:
    """The page of ``stage``."""
    if stage is Stage.DEVICES:
        return _devices(known)
    if stage is Stage.LOGIN:
        return _login(known)
    if stage is Stage.BINDING:
        return binding_page(known)
    if stage is Stage.ATTACHMENTS:
        return _attachments(known)
    if stage is Stage.ENTER:
        return _enter(known)
    if stage is Stage.CONFIRM:
        return Confirm(
            devices=list(known.devices), chosen=_chosen(known), level_db=known.level_db, preview=known.preview
        )
    return _answering(known) if stage is Stage.ANSWERING else end_page(known)


def checks(known: Known) -> list[Check]:
    """The device checks as they stand."""
    return judge(known.readings)


def devices_gate(known: Known) -> tuple[str, str] | None:
    """Why 下一步 is closed; None when it is open."""
    first = next(blocking(checks(known)), None)
    if first is not None:
        return f"{first.title_zh}：{first.todo_zh or first.zh}", f"{first.title_en}: {first.todo_en or first.en}"
    if not known.situation.rules_ticked:
        return "请逐条确认考场要求", "Tick the rules of the room"
    return None


def _devices(known: Known) -> Devices:
    why = devices_gate(known)
    trial = known.trial
    state = "none" if trial.state in ("none", "failed") else "ready" if trial.state == "ready" else "recording"
    if state == "ready" and known.facts.heard is not None:
        state = "heard" if known.facts.heard else "bad"
    return Devices(
        checks=checks(known),
        rules=[
            Rule(id=name, zh=text.zh, en=text.en, ticked=name in known.facts.ticked)
            for name, text in words.RULES.items()
        ],
        devices=list(known.devices),
        chosen=_chosen(known),
        level_db=known.level_db,
        preview=known.preview,
        test_clip=Trial.model_validate(
            {
                "state": state,
                "left_ms": trial.left_ms,
                "url": "/api/testclip.webm" if trial.state == "ready" else None,
                "duration_ms": trial.duration_ms,
            }
        ),
        can_go_on=why is None,
        why_not_zh=why[0] if why else "",
        why_not_en=why[1] if why else "",
        can_rehearse=known.facts.granted is None and known.facts.practice is None,
    )


def _chosen(known: Known) -> Chosen:
    """The chosen devices that are there, else the first usable of each kind."""

    def pick(kind: str, wish: str | None) -> str | None:
        usable = [device.id for device in known.devices if device.kind == kind and device.usable]
        return wish if wish in usable else next(iter(usable), None)

    picked = known.facts.picked
    return Chosen(
        camera=pick("camera", picked.camera),
        microphone=pick("microphone", picked.microphone),
        screen=pick("screen", picked.screen),
    )


def _login(known: Known) -> Login:
    facts, state = known.facts, known.login
    project, practice = facts.project, facts.practice
    consent = Consent()
    answered = False
    if project is not None:
        answered = facts.consent_version == project.consent.version
        consent = Consent(
            version=project.consent.version,
            zh=project.consent.text.zh,
            en=project.consent.text.en,
            accepted=answered and facts.consent_accepted,
        )
    step = "project" if project is None else "form" if answered else "consent"
    if facts.granted is not None:
        step = "done"
    elif state is not None:
        step = {"passed": "done"}.get(state.step, state.step)
    error = known.login_error
    opens = _detail_ms(error) if isinstance(error, LoginTooEarly) else None
    barred = login_gate(known.situation, known.now_ms)
    gate_words = barred.why or (error.message if isinstance(error, LoginTooEarly) else None)
    return Login.model_validate(
        {
            "step": step,
            "consent": consent,
            "project": project.project if project else practice.project if practice else "",
            "number": facts.number or (practice.number if practice else ""),
            "id_number": practice.id_number if practice else "",
            "guide_zh": state.guidance.zh if state else "",
            "guide_en": (state.guidance.en or state.guidance.zh) if state else "",
            "cue": state.cue if state else "",
            "done": state.done if state else 0,
            "of": state.of if state else 0,
            "attempts_left": state.attempts_left if state else 0,
            "asked_support": state.asked_support if state else False,
            "preview": known.preview,
            "gate_zh": gate_words.zh if gate_words else "",
            "gate_en": gate_words.en if gate_words else "",
            "opens_at_ms": opens or barred.opens_at_ms,
            "taken": isinstance(error, LoginActive),
        }
    )


def _detail_ms(error: ZhishiError | None) -> int | None:
    """The moment in a detail such as ``opens_at_ms=123``."""
    _, _, tail = (error.detail if error else "").partition("opens_at_ms=")
    digits = "".join(letter for letter in tail[:16] if letter.isdigit())
    return int(digits) if digits else None


def _attachments(known: Known) -> Attachments:
    view = known.facts.view
    if view is None:
        return Attachments()
    read = known.facts.attachments_read
    why = gate(Stage.ENTER, known.situation, known.now_ms)
    return Attachments(
        items=[
            Attachment(
                id=entry.id,
                title=entry.title,
                media_type=entry.media_type,
                url=f"/api/attachment/{entry.id}" if entry.id in known.here else None,
                opened=entry.id in known.facts.opened,
                read=entry.id in read,
            )
            for entry in view.attachments
        ],
        pledge=Pledge(
            version=view.pledge.version,
            zh=view.pledge.text.zh,
            en=view.pledge.text.en,
            accepted=known.situation.pledge_accepted,
        ),
        can_go_on=why.open,
        why_not_zh=why.why.zh if why.why else "",
        why_not_en=why.why.en if why.why else "",
    )


def _enter(known: Known) -> Enter:
    situation = known.situation
    found = enter_gate(situation, known.now_ms)
    one = known.readings.displays is None or known.readings.displays == 1
    why = found.why
    if found.open and not one:
        why = words.ONE_DISPLAY
    return Enter(
        can_enter=found.open and one,
        why_not_zh=why.zh if why else "",
        why_not_en=why.en if why else "",
        opens_at_ms=found.opens_at_ms,
        door_closes_ms=situation.schedule.start_ms if situation.schedule else None,
        entering=known.facts.entering_ms is not None,
        one_display=one,
    )


def _answering(known: Known) -> Answering:
    facts, situation, now_ms = known.facts, known.situation, known.now_ms
    schedule = situation.schedule
    if schedule is None:
        return Answering()
    shown = situation.questions_shown_ms
    a4_until = schedule.start_ms + schedule.showing_ms
    phase = "waiting"
    if now_ms >= schedule.start_ms:
        showing = schedule.showing_ms > 0 and facts.a4_shown_ms is None and now_ms < a4_until and shown is None
        phase = "a4" if showing else "questions" if known.questions else "missing"
    latest = schedule.start_ms + schedule.showing_ms + schedule.late_limit_ms
    return Answering.model_validate(
        {
            "phase": phase,
            "start_ms": schedule.start_ms,
            "a4_until_ms": a4_until if phase == "a4" else None,
            "ends_at_ms": schedule.answer_end_ms(shown) if shown is not None or now_ms >= latest else None,
            "late_limit_at_ms": latest if phase == "missing" else None,
            "missing_since_ms": a4_until if phase == "missing" else None,
            "fetching": known.fetching,
            "pack": known.pack,
            "questions": [Question(id=q.id, text=q.text) for q in known.questions or ()]
            if phase == "questions"
            else [],
            "preview": known.preview,
            "level_db": known.level_db,
            "recording": known.recorder is not None and known.recorder.mode == "record",
            "can_end": now_ms >= schedule.start_ms,
        }
    )


def end_page(known: Known) -> End:
    """The upload page."""
    view, sync = known.facts.view, known.sync
    code = view.support_code if view is not None else ""
    phone = _phone_at_end(known)
    practice = view.project.practice if view is not None else False
    if sync is None:
        said, todo = words.SYNC_STARTING
        return End(said_zh=said.zh, said_en=said.en, todo_zh=todo.zh, todo_en=todo.en, phone=phone, support_code=code)
    state, assessment = LocalSessionState(sync.state), Assessment(sync.assessment)
    said, todo = words.end_words(state, assessment, online=known.online is not False, practice=practice)
    if state is LocalSessionState.SUBMITTED:
        todo = phone_todo(phone or "unbound")
    return End(
        state=sync.state,
        assessment=sync.assessment,
        said_zh=said.zh,
        said_en=said.en,
        todo_zh=todo.zh,
        todo_en=todo.en,
        tracks=[
            TrackView(
                track=name,
                segments=track.segments,
                sent_segments=track.sent_segments,
                verified_segments=track.verified_segments,
                bytes=track.bytes,
                sent_bytes=track.sent_bytes,
                verified_bytes=track.verified_bytes,
                duration_ms=track.duration_ms,
                gaps=track.gaps,
                gap_ms=track.gap_ms,
            )
            for name, track in sync.tracks.items()
        ],
        remaining_bytes=sync.remaining_bytes,
        bytes_per_second=sync.bytes_per_second,
        finish_in_ms=sync.finish_in_ms,
        ended_ms=sync.ended_ms,
        deadline_ms=sync.deadline_ms,
        window_left_ms=sync.window_left_ms,
        phone=phone,
        support_code=code,
        receipt=known.receipt,
        saved=known.saved,
        printed=known.printed,
        carry=known.carry,
        may_close=state in (LocalSessionState.CONFIRMED, LocalSessionState.SUBMITTED),
    )


def _phone_at_end(known: Known) -> str | None:
    """How the phone is: the sync daemon's word needs no login, so it is the newer one once the window is gone."""
    if known.sync is not None and known.sync.phone:
        return phone_word(known, known.sync.phone)
    panel = phone_panel(known)
    return None if panel is None else panel.phone
