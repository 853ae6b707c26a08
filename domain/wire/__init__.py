"""Wire schemas: what programs say to each other over HTTP, as pydantic models (frozen, extra fields ignored).

Times are center time in milliseconds since the epoch unless named otherwise. Sizes are bytes.
"""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator


class Wire(BaseModel):
    """Base of every message. A number is a JSON number: neither ``true`` nor ``"5"`` is taken for one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_numbers(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in _numbers(cls) & given.keys():
                if isinstance(given[name], bool | str | bytes):
                    raise ValueError(f"{name}: a number is expected")
        return given


@cache
def _numbers(model: type[BaseModel]) -> frozenset[str]:
    """Fields of ``model`` that are a number and nothing else (but perhaps absent)."""
    fields = model.model_fields.items()
    return frozenset(name for name, field in fields if _kinds(field.annotation) - {type(None)} in ({int}, {float}))


def _kinds(annotation: Any) -> set[Any]:
    """The types an annotation names, bounds and ``| None`` taken apart."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return set().union(*(_kinds(one) for one in get_args(annotation)))
    return {annotation}
