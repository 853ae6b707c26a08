"""What the packed program begins with: its loader's traces are taken out of the environment before anything reads it.

Without arguments, as by a double click, it opens the window.
"""

import os
import runpy
import sys

from host.ownprogram import PART, PARTS, forget_packing


def begin() -> None:
    """The command line, or one part of it."""
    forget_packing(os.environ)
    if sys.argv[1:2] == [PART] and sys.argv[2] in PARTS:
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    if len(sys.argv) == 1:
        sys.argv.append("ui")
    from zhishi.candidate import main

    main()


if __name__ == "__main__":
    begin()
