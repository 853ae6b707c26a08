"""The pages' types have the same names as the program's: web/shared/pagestate.ts against ui.pagestate and its pages."""

import re
from typing import get_args

from pydantic import BaseModel

from domain.wire.failure import ErrorBody
from domain.wire.recorder import DeviceEntry
from ui import answerpages, entrypages, pageorders, pagestate
from web.build import WEB

_TEXT = (WEB / "shared" / "pagestate.ts").read_text(encoding="utf-8")


def _interfaces() -> dict[str, dict[str, str]]:
    found = re.findall(r"export interface (\w+) \{\n(.*?)\n\}", _TEXT, flags=re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+): (.+);$", body, flags=re.MULTILINE)) for name, body in found}


def _models() -> dict[str, type[BaseModel]]:
    own = {
        name: thing
        for module in (entrypages, answerpages, pagestate)
        for name, thing in vars(module).items()
        if isinstance(thing, type) and issubclass(thing, BaseModel) and thing.__module__ == module.__name__
    }
    return own | {"ErrorBody": ErrorBody, "DeviceEntry": DeviceEntry}


def test_every_message_has_its_interface() -> None:
    assert set(_interfaces()) == set(_models())


def test_fields_have_the_same_names_and_the_same_may_be_missing() -> None:
    interfaces = _interfaces()
    for name, model in _models().items():
        assert set(interfaces[name]) == set(model.model_fields), name
        for field, info in model.model_fields.items():
            absent = type(None) in get_args(info.annotation)
            assert absent == interfaces[name][field].endswith("| null"), f"{name}.{field}"


def test_literals_have_the_same_words() -> None:
    for name, model in _models().items():
        for field, info in model.model_fields.items():
            told = _interfaces()[name][field]
            words = get_args(info.annotation)
            if words and all(isinstance(word, str) for word in words) and '"' in told:
                assert set(re.findall(r'"(\w+)"', told)) == set(words), f"{name}.{field}"


def test_orders_have_the_same_actions() -> None:
    known: set[str] = set()
    for thing in vars(pageorders).values():
        if isinstance(thing, type) and issubclass(thing, pageorders.Order) and thing is not pageorders.Order:
            known |= set(get_args(thing.model_fields["action"].annotation))
    plain = re.search(r"export type Plain =\n(.*?);", _TEXT, flags=re.DOTALL)
    orders = re.search(r"export type Order =\n(.*);", _TEXT, flags=re.DOTALL)
    assert plain is not None
    assert orders is not None
    said = set(re.findall(r'"(\w+)"', plain[1]))
    for actions in re.findall(r"action: ((?:\"\w+\"(?: \| )?)+)", orders[1]):
        said |= set(re.findall(r'"(\w+)"', actions))
    assert said == known
