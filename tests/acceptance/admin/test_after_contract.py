"""The types of the pages after the day have the center's names: web/shared/desk/after.ts, domain/wire/after.py."""

import re
from typing import get_args

from pydantic import BaseModel

from domain.wire import after
from domain.wire.publicstatus import StatusAnswer
from web.build import WEB


def _interfaces(text: str) -> dict[str, dict[str, str]]:
    found = re.findall(r"export interface (\w+) \{\n(.*?)\n\}", text, flags=re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+): (.+);$", body, flags=re.MULTILINE)) for name, body in found}


def _same(told: dict[str, str], model: type[BaseModel]) -> None:
    assert set(told) == set(model.model_fields), model.__name__
    for field, info in model.model_fields.items():
        absent = type(None) in get_args(info.annotation)
        assert absent == told[field].endswith("| null"), f"{model.__name__}.{field}"


def test_every_message_has_its_interface_with_the_same_fields() -> None:
    told = _interfaces((WEB / "shared" / "desk" / "after.ts").read_text(encoding="utf-8"))
    models = {
        name: thing
        for name, thing in vars(after).items()
        if isinstance(thing, type)
        and issubclass(thing, BaseModel)
        and thing.__module__ == after.__name__
        and not name.endswith(("Order", "Answer", "Reason"))
    }
    assert set(told) == {*models, "Bilingual"}
    for name, model in models.items():
        _same(told[name], model)


def test_the_public_status_page_reads_what_it_is_told() -> None:
    told = _interfaces((WEB / "status" / "question.ts").read_text(encoding="utf-8"))
    _same(told["Answer"], StatusAnswer)
