"""Documents cannot rot: every command shown is accepted, every link leads somewhere, every folder is told."""

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhishi.cli import app

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_CODE = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def commands(first: str) -> list[str]:
    """Every command line beginning with the word ``first`` in any document's code, once."""
    found: set[str] = set()
    for document in DOCUMENTS:
        for block, span in _CODE.findall(document.read_text()):
            lines = (block or span).splitlines()
            found.update(line.strip() for line in lines if line.strip().startswith(f"{first} "))
    return sorted(found)


@cache
def zhishi_help(*words: str) -> str:
    """What ``zhishi WORDS --help`` prints; fails when the command is refused."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.exit_code == 0, f"zhishi {' '.join(words)} --help: {done.output}"
    return re.sub(r"\x1b\[[0-9;]*m", "", done.output)


def test_the_documents_are_there() -> None:
    wanted = {"README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md"}
    assert wanted <= {document.name for document in DOCUMENTS}
    assert commands("make")
    assert commands("zhishi")


@pytest.mark.parametrize("command", commands("make"))
def test_make_targets_exist(command: str) -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", *shlex.split(command)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", commands("zhishi"))
def test_zhishi_commands_and_options_exist(command: str) -> None:
    words = shlex.split(command)[1:]
    named = zhishi_help(words[0])
    depth = 1
    # a command of a group; an option is none, and given without its value it would take --help for that
    while len(words) > depth and words[depth][0] != "-" and re.search(rf"│ {re.escape(words[depth])} ", named):
        depth += 1
        named = zhishi_help(*words[:depth])
    for word in words:
        if word.startswith("--"):
            assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", named), f"{word} is not in: {named}"


def test_demo_options_exist() -> None:
    named = zhishi_help("demo")
    for command in commands("make demo"):
        for option in re.findall(r"--[a-z-]+", command):
            assert option in named


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in ("help", "setup", "demo", "test", "lint", "bench", "clean"):
        assert re.search(rf"^{target}:.*## .+· .+", makefile, re.MULTILINE), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text()
    anchors = {_anchor(line.lstrip("# ")) for line in text.splitlines() if line.startswith("#")}
    for target in _LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        if path:
            assert (document.parent / path).exists(), target
        else:
            assert anchor in anchors, target


def _anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_top_folder_is_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for package in ROOT.glob("*/__init__.py"):
        name = package.parent.name
        assert name in ("tests", "bench") or f"`{name}/`" in text, name


def test_tests_helpers_named_in_documents_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for dotted in re.findall(r"`((?:tests\.support|zhishi)\.\w+)[.`]", text):
        assert (ROOT / (dotted.replace(".", "/") + ".py")).exists(), dotted
