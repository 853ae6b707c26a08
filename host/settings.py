"""``settings.toml`` of a home: what a person or an administrator may set by hand. Read at the start of a program.

::

    [network]
    proxy = "http://proxy.school.example:8080"   # instead of the environment's and the system's
    no_proxy = "10.0.0.0/8, .school.example"
    ca_file = "/etc/ssl/school-ca.pem"           # trusted besides the usual authorities

    [recording]                                  # for a machine too weak for the usual; whole numbers
    camera_width = 320                           # pixels, 320 to 1920
    camera_fps = 5                               # 5 to 30
    screen_width = 960                           # 640 to 1920
    screen_fps = 3                               # 1 to 15
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import BadInput
from host.durable import read_bytes
from host.paths import Home

_KEYS = ("proxy", "no_proxy", "ca_file")
_RECORDING = {
    "camera_width": range(320, 1921),
    "camera_fps": range(5, 31),
    "screen_width": range(640, 1921),
    "screen_fps": range(1, 16),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty: not set. ``recording``: what is set of the recorder's rates and sizes, by name."""

    proxy: str = ""
    no_proxy: str = ""
    ca_file: Path | None = None
    recording: Mapping[str, int] = field(default_factory=dict)


def settings_path(home: Home) -> Path:
    """Where they lie."""
    return home.root / "settings.toml"


def read_settings(home: Home) -> Settings:
    """Raises BadInput naming file and key, StorageError."""
    path = settings_path(home)
    if not path.exists():
        return Settings()
    try:
        told = tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise BadInput(f"{path}: {why}") from why
    network = told.get("network", {})
    if not isinstance(network, dict) or set(network) - set(_KEYS):
        raise BadInput(f"{path}: [network] may hold {', '.join(_KEYS)}")
    for key, value in network.items():
        if not isinstance(value, str):
            raise BadInput(f"{path}: network.{key} must be a text in quotes")
    proxy = network.get("proxy", "")
    if proxy and not proxy.startswith(("http://", "https://")):
        raise BadInput(f"{path}: network.proxy must begin with http:// or https://")
    ca_file = Path(network["ca_file"]).expanduser() if network.get("ca_file") else None
    if ca_file is not None and not ca_file.is_file():
        raise BadInput(f"{path}: network.ca_file: {ca_file} is not there")
    return Settings(proxy, network.get("no_proxy", ""), ca_file, _recording(path, told.get("recording", {})))


def _recording(path: Path, given: Any) -> dict[str, int]:
    if not isinstance(given, dict) or set(given) - set(_RECORDING):
        raise BadInput(f"{path}: [recording] may hold {', '.join(_RECORDING)}")
    for key, value in given.items():
        allowed = _RECORDING[key]
        if type(value) is not int or value not in allowed or (key.endswith("width") and value % 2):
            even = "an even number" if key.endswith("width") else "a whole number"
            raise BadInput(f"{path}: recording.{key} must be {even} from {allowed.start} to {allowed.stop - 1}")
    return dict(given)
