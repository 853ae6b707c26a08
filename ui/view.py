"""From what is known to what a page shows. Pure: one ``Known`` in, one PageState out; no rule of its own."""

from domain.stage import ORDER, Gate, Stage, current, gate
from domain.wire.failure import to_body
from ui import words
from ui.known import Known
from ui.pagestate import HelpEntry, NetworkState, Notice, PageState, StageEntry, StageState, Top
from ui.phoneviews import phone_panel
from ui.rehearsal import cut_left_ms
from ui.stageviews import end_page, page_of


def page_state(known: Known) -> PageState:
    """The state of every page at this moment."""
    stage = current(known.situation, known.now_ms)
    entered = known.situation.entered
    upload = end_page(known) if entered else None
    return PageState(
        lang=known.facts.lang,
        stage=stage,
        stages=_stages(known, stage),
        top=_top(known),
        page=page_of(known, stage),
        error=None if known.error is None else to_body(known.error),
        phone=phone_panel(known) if ORDER.index(stage) > ORDER.index(Stage.BINDING) else None,
        upload=upload,
        strip=known.strip if stage is Stage.END else None,
        help=_help(known),
        notices=[*_notices(known, stage), *(one for one in known.notices if one.id not in known.facts.seen)],
        closing=known.closing,
    )


def _stages(known: Known, now: Stage) -> list[StageEntry]:
    entries = []
    for stage in ORDER:
        zh, en = words.TITLES[stage]
        found = Gate(True)
        state: StageState = "done" if ORDER.index(stage) < ORDER.index(now) else "now"
        if ORDER.index(stage) > ORDER.index(now):
            state, found = "locked", gate(stage, known.situation, known.now_ms)
        entries.append(
            StageEntry(
                stage=stage,
                state=state,
                title_zh=zh,
                title_en=en,
                why_zh=found.why.zh if found.why else "",
                why_en=found.why.en if found.why else "",
                opens_at_ms=found.opens_at_ms,
            )
        )
    return entries


def _top(known: Known) -> Top:
    facts, view = known.facts, known.facts.view
    network: NetworkState = "unknown" if known.online is None else "online" if known.online else "offline"
    project = view.project if view is not None else facts.project
    return Top(
        project=project.project if project else "",
        title=project.title if project else "",
        number=facts.number,
        center_ms=known.now_ms,
        center_est=known.now.center_est,
        network=network,
        hotline=project.hotline if project else facts.hotline,
        start_ms=view.state.schedule.start_ms if view is not None else None,
        practice=project.practice if project else False,
        rehearsal=facts.practice is not None and facts.practice.cut and not known.situation.entered,
    )


def _help(known: Known) -> list[HelpEntry]:
    view = known.facts.view
    told = {entry.id: entry for entry in view.state.help} if view is not None else {}
    waiting = {message.id for message in known.facts.outbox}
    found = []
    for said in known.facts.help:
        answer = told[said.id].answer if said.id in told else said.answer
        queued = not said.code if said.early else said.id in waiting
        state = "answered" if answer else "queued" if queued else "sent"
        code = said.code if said.early else view.support_code if view is not None else ""
        entry = {"id": said.id, "at_ms": said.at_ms, "text": said.text, "state": state, "answer": answer or ""}
        found.append(HelpEntry.model_validate(entry | {"code": code}))
    return found


def _practice_notices(known: Known, stage: Stage) -> list[Notice]:
    """What a practice does otherwise than the real interview, said where it happens."""
    practice = known.facts.practice
    if practice is None:
        return []
    left_ms = cut_left_ms(known.facts, known.situation, known.now_ms)
    arrived = known.sync is not None and known.sync.state in ("confirmed", "submitted")
    if left_ms > 0 and not arrived:
        text = words.PRACTICE_CUT
        return [Notice(id="practice-cut", level="info", zh=text.zh, en=text.en, passing=True)]
    said = words.PRACTICE.get((stage, practice.cut))
    name = f"practice-{stage.value}"
    if said is None or name in known.facts.seen:
        return []
    return [Notice(id=name, level="info", zh=said.zh, en=said.en)]


def _notices(known: Known, stage: Stage) -> list[Notice]:
    """What the pages tell quietly: the network, the estimated time, and what staff announce."""
    found = _practice_notices(known, stage)
    if known.online is False and stage not in (Stage.ANSWERING, Stage.END):  # their pages say it themselves
        text = words.NETWORK_LOST if known.situation.entered else words.NETWORK_LOST_BEFORE
        found.append(Notice(id="network", level="info", zh=text.zh, en=text.en, passing=True))
    if known.now.center_est and known.facts.session is not None:
        text = words.CLOCK_ESTIMATED
        found.append(Notice(id="clock", level="info", zh=text.zh, en=text.en, passing=True))
    view = known.facts.view
    for told in view.state.notices if view is not None else ():
        name = f"center-{told.id}"
        if name not in known.facts.seen:
            found.append(Notice(id=name, level="warn", zh=told.text.zh, en=told.text.en or told.text.zh))
    return found
