"""``python -m zhishi`` is ``zhishi``."""

from zhishi.cli import main

main()
