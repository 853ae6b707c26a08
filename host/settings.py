"""``settings.toml`` of a home: what a person or an administrator may set by hand. Read at the start of a program.

::

    [network]
    proxy = "http://proxy.school.example:8080"   # instead of the environment's and the system's
    no_proxy = "10.0.0.0/8, .school.example"
    ca_file = "/etc/ssl/school-ca.pem"           # trusted besides the usual authorities
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from domain.errors import BadInput
from host.durable import read_bytes
from host.paths import Home

_KEYS = ("proxy", "no_proxy", "ca_file")


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty: not set."""

    proxy: str = ""
    no_proxy: str = ""
    ca_file: Path | None = None


def settings_path(home: Home) -> Path:
    """Where they lie."""
    return home.root / "settings.toml"


def read_settings(home: Home) -> Settings:
    """Raises BadInput naming file and key, StorageError."""
    path = settings_path(home)
    if not path.exists():
        return Settings()
    try:
        network = tomllib.loads(read_bytes(path).decode()).get("network", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise BadInput(f"{path}: {why}") from why
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
    return Settings(proxy, network.get("no_proxy", ""), ca_file)
