"""May the service be removed? Only when nothing here is unsent and nothing has to stay (成绩公布之前不得卸载或删除).

Judges from the disk alone, so that it is true while syncd is dead. Deletes nothing.
"""

from dataclasses import dataclass

from domain.errors import EvidenceStays
from host.paths import Home
from host.spool import Spool
from syncd.cases import Cases
from syncd.keyring import Keyring
from syncd.papers import Papers
from syncd.retention import Until, until


@dataclass(frozen=True, slots=True)
class Stay:
    """One session that has to stay, and until when."""

    session: str
    until: Until
    title: str = ""
    number: str = ""
    hotline: str = ""

    def words(self) -> str:
        """For a person."""
        zh, en = _WORDS[self.until]
        who = " ".join(part for part in (self.title, self.number) if part) or self.session
        call = f"（技术服务 support {self.hotline}）" if self.hotline else ""
        return f"{who}：{zh} / {en}{call}"


_WORDS = {
    Until.CONFIRMED: ("须保留到上传成功（收到回执）为止", "stays until the center has confirmed it with a receipt"),
    Until.PUBLISHED: ("须保留到成绩公布为止", "stays until the results are published; the laptop learns it by itself"),
    Until.READABLE: ("记录无法读取，请联系技术服务人员", "cannot be read; please call support"),
}


def stays(home: Home) -> list[Stay]:
    """Every session that has to stay."""
    spool, keyring = Spool(home.spool), Keyring(home)
    cases = Cases(spool, Papers(home, spool, keyring), keyring)
    found = []
    for case in cases.refresh():
        evidence = any(spool.runs(case.session, track) for track in spool.tracks(case.session))
        reason = until(case.state, case.facts, evidence, closed=case.loss is not None)
        if reason is not None:
            facts = case.facts
            found.append(Stay(case.session, reason, facts.title, facts.number, facts.hotline))
    known = {case.session for case in cases.all()}
    folders = sorted(path.name for path in (spool.root / "sessions").glob("*") if (path / "tracks").is_dir())
    return found + [Stay(session, Until.READABLE) for session in folders if session not in known]


def check_leave(home: Home) -> None:
    """Raises EvidenceStays naming every session that has to stay, and until when."""
    if found := stays(home):
        raise EvidenceStays("\n  ".join(["", *(stay.words() for stay in found)]) + "\n")
