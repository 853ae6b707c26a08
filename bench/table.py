"""Showing figures to a person. Never decides anything: a missed bar is information."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.figures import Figure, Outcome


def render(outcome: Outcome) -> RenderableType:
    """A row per figure; what exactly was measured stands below, by number."""
    table = Table(title=f"{outcome.id} · {outcome.title}" + (" (QUICK)" if outcome.quick else ""), title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("本系统 ours", justify="right")
    table.add_column("对照 peers", overflow="fold")
    table.add_column("比值 ratio", justify="right")
    table.add_column("目标 reach", overflow="fold")
    for row, figure in enumerate(outcome.figures, 1):
        table.add_row(
            str(row),
            f"{number(figure.ours)} {figure.unit}",
            "\n".join(f"{name}: {number(value)}" for name, value in figure.against.items()) or "–",
            "–" if figure.ratio is None else f"{figure.ratio:.3g}",
            _reach(figure),
        )
    notes = [Text(f" {row}. {figure.what}" + _tail(figure)) for row, figure in enumerate(outcome.figures, 1)]
    if outcome.note:
        notes.append(Text(f" {outcome.note}"))
    return Group(table, *notes)


def number(value: float) -> str:
    """Four digits that count."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.4g}"


def _tail(figure: Figure) -> str:
    return f" — {figure.note}" if figure.note else ""


def _reach(figure: Figure) -> Text:
    if figure.reached is None:
        return Text(figure.reach or "–")
    return Text(f"{figure.reach} {'✓' if figure.reached else '✗'}", style="green" if figure.reached else "red")
