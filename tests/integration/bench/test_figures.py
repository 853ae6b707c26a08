"""What bench writes and shows, and that every id can be measured. Nothing is measured here."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench.figures import Figure, Outcome, median, merge, percentile, spread
from bench.registry import MODULES, load
from bench.table import number, render
from domain.errors import BadInput

IDS = (
    "kill-loss",
    "resent",
    "stream",
    "resume",
    "live-lag",
    "record-cpu",
    "syncd-memory",
    "face",
    "dashboard-lag",
    "dashboard-first",
    "dashboard-scroll",
    "window-start",
    "page-weight",
    "ui-cpu",
    "preview",
    "phone-weight",
    "phone-first-picture",
    "phone-memory",
    "phone-kill",
    "backlog",
    "review-start",
    "review-seek",
    "review-sync",
)
FIRST = Figure("one stream", 250.0, "MiB/s", {"curl": 200.0, "tuspy": 100.0}, "≥ 0.8 × curl", True, "7 rounds")
SECOND = Figure("memory", 130.5, "MB", {}, "≤ 120 MB", False)


def outcome(name: str, *figures: Figure) -> Outcome:
    return Outcome(name, f"title of {name}", figures, quick=True, note="a note")


def test_every_id_of_the_issue_is_registered_under_its_own_name() -> None:
    assert tuple(MODULES) == IDS
    for name in IDS:
        assert load(name).id == name
    with pytest.raises(BadInput, match="nonsense"):
        load("nonsense")


def test_an_entry_has_the_headline_and_every_row() -> None:
    entry = outcome("stream", FIRST, SECOND).to_dict()
    assert {key: entry[key] for key in ("id", "ours", "unit", "against", "ratio")} == {
        "id": "stream",
        "ours": 250.0,
        "unit": "MiB/s",
        "against": {"curl": 200.0, "tuspy": 100.0},
        "ratio": 1.25,
    }
    assert [row["what"] for row in entry["figures"]] == ["one stream", "memory"]
    assert entry["figures"][1]["ratio"] is None
    assert (entry["figures"][1]["reached"], entry["quick"]) == (False, True)


def test_measuring_one_id_again_replaces_only_that_one(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    merge(path, [outcome("stream", FIRST), outcome("resent", FIRST)])
    merge(path, [outcome("stream", SECOND)])
    held = json.loads(path.read_text(encoding="utf-8"))
    assert [(entry["id"], entry["ours"]) for entry in held] == [("stream", 130.5), ("resent", 250.0)]


@pytest.mark.parametrize("content", ["", "{}", "not json", "[1, {}]"])
def test_a_file_that_is_no_list_of_entries_is_written_anew(tmp_path: Path, content: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(content)
    assert [entry["id"] for entry in merge(path, [outcome("stream", FIRST)])] == ["stream"]


def test_the_table_shows_ours_others_ratio_bar_and_what_was_measured() -> None:
    console = Console(width=120, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115 -- closed by the console
    with console.file:
        console.print(render(outcome("stream", FIRST, SECOND)))
        shown = console.export_text()
    for text in (
        "250 MiB/s", "curl: 200", "tuspy: 100", "1.25", "≥ 0.8 × curl ✓", "≤ 120 MB ✗", "130.5 MB",
        "1. one stream — 7 rounds", "2. memory", "a note", "QUICK",
    ):  # fmt: skip
        assert text in shown


def test_numbers_are_short_and_true() -> None:
    assert [number(value) for value in (0.0, 250.0, 0.123456, 1234567.0)] == [
        "0",
        "250",
        "0.1235",
        "1.235e+06",
    ]
    assert spread([3.0, 1.0, 2.0]) == "1.0–3.0 of 3"
    assert spread([]) == "none"


@given(
    st.lists(st.floats(min_value=0, max_value=1e6), min_size=1, max_size=50),
    st.floats(min_value=0, max_value=1),
)
def test_a_percentile_is_one_of_the_values_and_enough_lie_below(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert percentile(values, 1.0) == max(values)
    assert min(values) <= median(values) <= max(values)
