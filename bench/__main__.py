"""``python -m bench [ID …]``: measure, print, keep. Reads the environment (QUICK, BENCH_SEED) once."""

import argparse
import os
import secrets
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.figures import merge
from bench.registry import MODULES, load
from bench.setting import Setting
from bench.table import render
from domain.errors import ZhishiError

RESULTS = Path(__file__).parent / "results.json"


def main() -> int:
    """Measure the ids named (all without names). 0 whatever the figures are; 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="ours and others', side by side")
    parser.add_argument("ids", nargs="*", metavar="ID", help=f"some of: {', '.join(MODULES)} (default: all)")
    parser.add_argument("--quick", action="store_true", default=os.environ.get("QUICK", "") not in ("", "0"))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("BENCH_SEED") or secrets.randbelow(10**6)))
    parser.add_argument("--dir", type=Path, default=None, help="where measured files lie while they are measured")
    chosen = parser.parse_args()
    console = Console()
    environ = {name: value for name, value in os.environ.items() if name != "ZHISHI_HOME"}
    console.print(f"随机种子 · seed {chosen.seed}（重现 · again: BENCH_SEED={chosen.seed}）")
    failed = 0

    def say(text: str) -> None:
        console.print(f"  {text}", style="dim", highlight=False)

    for name in chosen.ids or MODULES:
        try:
            bench = load(name)
            console.rule(f"{bench.id} · {bench.title}")
            with tempfile.TemporaryDirectory(
                prefix=f"zhishi-bench-{name}-", dir=chosen.dir, ignore_cleanup_errors=True
            ) as folder:
                setting = Setting(
                    Path(folder),
                    chosen.quick,
                    chosen.seed,
                    environ,
                    lambda text: console.print(f"  {text}", style="dim"),
                )
                outcome = bench.run(setting)
        except ZhishiError as why:
            console.print(
                f"{name}: 无法测量 · could not be measured: {why.message.zh} / {why.message.en}: {why.detail}"
            )
            failed += 1
            continue
        console.print(render(outcome))
        merge(RESULTS, [outcome])
    console.print(f"结果 · results: {RESULTS}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
