"""The root of the tree: what every error says of itself, and the catalogue of all of them."""

from typing import ClassVar, NamedTuple


class Words(NamedTuple):
    """One sentence in the two languages of the product."""

    zh: str
    en: str


class ZhishiError(Exception):
    """Base of everything this product raises on purpose."""

    code: ClassVar[str] = "internal"
    message: ClassVar[Words] = Words("程序内部出错", "Something inside the program went wrong")
    hint: ClassVar[Words] = Words("请联系技术服务人员", "Please call technical support")
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        tail = f" ({self.detail})" if self.detail else ""
        return f"{self.message.zh} / {self.message.en}{tail} [{self.code}]"


def all_errors() -> dict[str, type[ZhishiError]]:
    """Every error class by code, for documentation and for reading an error off the wire."""
    found: dict[str, type[ZhishiError]] = {}
    waiting: list[type[ZhishiError]] = [ZhishiError]
    while waiting:
        cls = waiting.pop()
        found[cls.code] = cls
        waiting.extend(cls.__subclasses__())
    return found
