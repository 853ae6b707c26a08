"""Field types that many messages share: texts in two languages, bounded words, ids, times."""

from typing import Annotated

from pydantic import Field

from domain.errors import Words
from domain.wire import Wire

TEXT_MOST = 2000

MsTime = Annotated[int, Field(ge=0, le=253_402_300_800_000)]  # up to the year 9999
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]  # a UUID made on the laptop
Short = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_MOST)]


class Bilingual(Wire):
    """One text in the two languages; ``en`` may be empty: then the Chinese is shown."""

    zh: str
    en: str = ""

    @staticmethod
    def of(words: Words) -> "Bilingual":
        """The wire form of ``words``."""
        return Bilingual(zh=words.zh, en=words.en)
