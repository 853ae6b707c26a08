"""``python -m tests.acceptance.pages.screenshots [NAME…]``: every page in Chinese and English, and some at 200 % zoom.

Writes build/screenshots/NAME.zh.png and NAME.en.png for people to look at; nothing is compared.
"""

import sys
from pathlib import Path

from tests.acceptance.pages.browsing import ZOOMED, chromium, window
from tests.acceptance.pages.serving import served
from tests.acceptance.pages.states import STATES, in_english

FOLDER = Path(__file__).resolve().parents[3] / "build" / "screenshots"
_ZOOMED = ("1-devices-trouble", "2-login-face", "4-attachments-reading", "7-answering-questions", "8-end-uploading")


def main(names: list[str]) -> None:
    """Take the screenshots whose names begin with one of ``names``; all when there are none."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as (script, server), chromium() as browser:
        for name, state in STATES.items():
            if names and not any(name.startswith(one) for one in names):
                continue
            for told in (state, in_english(state)):
                script.show(told)
                with window(browser, server) as page:
                    page.screenshot(path=FOLDER / f"{name}.{told.lang}.png")
            if name in _ZOOMED:
                script.show(state)
                with window(browser, server, ZOOMED, scale=2) as page:
                    page.screenshot(path=FOLDER / f"{name}.zoomed.png", full_page=True)
    print(FOLDER)


if __name__ == "__main__":
    main(sys.argv[1:])
