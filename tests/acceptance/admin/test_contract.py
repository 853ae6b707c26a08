"""The types of the administrators' pages have the same names as those of domain/wire/administration.py."""

import re
from typing import get_args

from pydantic import BaseModel

from domain.wire import administration
from domain.wire.fields import Bilingual
from web.build import WEB


def test_every_message_has_its_interface_with_the_same_fields() -> None:
    text = (WEB / "admin" / "wire.ts").read_text(encoding="utf-8")
    found = re.findall(r"export interface (\w+) \{\n(.*?)\n\}", text, flags=re.DOTALL)
    interfaces = {name: dict(re.findall(r"^  (\w+): (.+);$", body, flags=re.MULTILINE)) for name, body in found}
    models = {
        name: thing
        for name, thing in vars(administration).items()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__ == administration.__name__
    }
    told = {name: model for name, model in models.items() if not name.endswith("Order")} | {"Bilingual": Bilingual}
    assert set(interfaces) == set(told)
    for name, model in told.items():
        assert set(interfaces[name]) == set(model.model_fields), name
        for field, info in model.model_fields.items():
            absent = type(None) in get_args(info.annotation)
            assert absent == interfaces[name][field].endswith("| null"), f"{name}.{field}"
