"""One finding of the doctor: what was looked at, what is so, what to do. Plain data."""

from dataclasses import dataclass

from domain.findings import CheckId, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """``todo_*`` is empty when there is nothing to do; ``code`` is that of the error behind it, if there is one."""

    id: CheckId
    verdict: Verdict
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""
    code: str = ""

    def to_dict(self) -> dict[str, str]:
        """For programs."""
        return {
            "id": self.id.value,
            "verdict": self.verdict.name.lower(),
            "zh": self.zh,
            "en": self.en,
            "todo_zh": self.todo_zh,
            "todo_en": self.todo_en,
            "code": self.code,
        }


def finding(
    check: CheckId, verdict: Verdict, zh: str, en: str, todo_zh: str = "", todo_en: str = "", *, code: str = ""
) -> Finding:
    """A finding."""
    return Finding(check, verdict, zh, en, todo_zh, todo_en, code)
