"""The staff pages' types have the same names as the center's: web/staff/wire.ts against domain/wire/staff.py.

What all pages of the staff are told stands in web/shared.
"""

import re
from typing import get_args

from pydantic import BaseModel

from domain.risk import Risk
from domain.wire import staff
from domain.wire.fields import Bilingual
from web.build import WEB

_TEXT = "\n".join((WEB / folder / "wire.ts").read_text(encoding="utf-8") for folder in ("staff", "shared/desk"))


def _interfaces() -> dict[str, dict[str, str]]:
    found = re.findall(r"export interface (\w+) \{\n(.*?)\n\}", _TEXT, flags=re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+): (.+);$", body, flags=re.MULTILINE)) for name, body in found}


def _models() -> dict[str, type[BaseModel]]:
    """What the center tells; orders are written where they are made."""
    own = {
        name: thing
        for name, thing in vars(staff).items()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__ == staff.__name__
    }
    told = {name: thing for name, thing in own.items() if not name.endswith(("Order", "Answer")) and name != "Done"}
    return told | {"Bilingual": Bilingual}


def test_every_message_has_its_interface_with_the_same_fields() -> None:
    interfaces = _interfaces()
    assert set(interfaces) == set(_models())
    for name, model in _models().items():
        assert set(interfaces[name]) == set(model.model_fields), name
        for field, info in model.model_fields.items():
            absent = type(None) in get_args(info.annotation)
            assert absent == interfaces[name][field].endswith("| null"), f"{name}.{field}"


def test_every_risk_has_its_place_and_word() -> None:
    filters, names = ((WEB / "staff" / name).read_text(encoding="utf-8") for name in ("filters.ts", "words.ts"))
    order = re.search(r"const ORDER: readonly Risk\[\] = \[\n(.*?)\];", filters, re.DOTALL)
    words = re.search(r"const RISKS.*?= \{\n(.*?)\n\};", names, re.DOTALL)
    assert order is not None
    assert words is not None
    assert re.findall(r'"(\w+)"', order[1]) == [risk.value for risk in Risk]
    assert re.findall(r"^  (\w+): ", words[1], re.MULTILINE) == [risk.value for risk in Risk]
