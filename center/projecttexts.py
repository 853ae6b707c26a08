"""The texts of a project as the database keeps them (JSON in ``project.texts``). Owns their form, not their words."""

from pydantic import Field

from center.tables import Project
from domain.errors import ProjectUnknown
from domain.wire import Wire
from domain.wire.fields import Bilingual
from domain.wire.login import ConsentText


class ProjectTexts(Wire):
    """What candidates read, and the set phrases that staff may send while somebody answers."""

    consent: ConsentText
    pledge: ConsentText
    notices: dict[str, Bilingual] = Field(default_factory=dict)
    phrases: dict[str, Bilingual] = Field(default_factory=dict)
    rehearsal: bool = False  # anybody may rehearse on it: ``center.routes.rehearsals``


def is_rehearsal(project: Project) -> bool:
    """Whether anybody may rehearse on it."""
    return project.practice and bool(project.texts) and texts_of(project).rehearsal


def texts_of(project: Project) -> ProjectTexts:
    """The texts; raises ProjectUnknown for a project that only records (made without a folder)."""
    if not project.texts:
        raise ProjectUnknown(f"{project.id}: has no interview")
    return ProjectTexts.model_validate_json(project.texts)
