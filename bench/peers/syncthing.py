"""Syncthing between two homes: one sends a folder, the other receives it. No discovery, no relay, one connection."""

import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import ServiceError
from zhishi.programs import Program
from zhishi.stage import dying_with_parent

PORT = 22000
_QUIET = {
    "globalAnnounceEnabled": "false", "localAnnounceEnabled": "false", "relaysEnabled": "false",
    "natEnabled": "false", "urAccepted": "-1", "autoUpgradeIntervalH": "0", "crashReportingEnabled": "false",
    "startBrowser": "false", "reconnectionIntervalS": "5",
}  # fmt: skip


@dataclass(slots=True)
class Home:
    """One machine: its settings, the folder it shares, and how it is reached (empty: it is not)."""

    home: Path
    folder: Path
    environ: Mapping[str, str]
    address: str = ""
    before: tuple[str, ...] = ()
    device: str = ""
    program: Program | None = field(default=None)

    def prepare(self) -> None:
        """Make keys and settings."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for words in (["generate", f"--home={self.home}"], ["--device-id", f"--home={self.home}"]):
            done = subprocess.run(
                ["syncthing", *words], env=dict(self.environ), stdin=subprocess.DEVNULL, capture_output=True,
                text=True, check=False,
            )  # fmt: skip
            if done.returncode != 0:
                raise ServiceError(f"syncthing {words[0]}: {done.stderr.strip()[-300:]}")
            self.device = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""

    def share_with(self, other: "Home", kind: str) -> None:
        """Both hold one folder; ``kind`` is ``sendonly`` or ``receiveonly``."""
        path = self.home / "config.xml"
        tree = ET.parse(path)  # noqa: S314 -- written by the program a moment ago
        root = tree.getroot()
        options = root.find("options")
        assert options is not None
        for name, value in (*_QUIET.items(), ("listenAddress", f"tcp://{self.address}" if self.address else "")):
            for old in options.findall(name):
                options.remove(old)
            if value:
                ET.SubElement(options, name).text = value
        for old in root.findall("folder") + root.findall("gui"):
            root.remove(old)
        ET.SubElement(root, "gui", {"enabled": "false"})
        device = ET.SubElement(root, "device", {"id": other.device, "name": "other", "compression": "never"})
        ET.SubElement(device, "address").text = f"tcp://{other.address}" if other.address else "dynamic"
        shared = {"id": "backlog", "path": str(self.folder), "type": kind, "rescanIntervalS": "3600"}
        folder = ET.SubElement(root, "folder", shared)
        for each in (self.device, other.device):
            ET.SubElement(folder, "device", {"id": each})
        (self.folder / ".stfolder").mkdir(exist_ok=True)
        tree.write(path)

    def start(self) -> None:
        """Run it."""
        log = self.home / "out.log"
        command = [*self.before, "syncthing", "serve", f"--home={self.home}", "--no-browser", "--no-restart"]
        with log.open("wb") as out:
            process = subprocess.Popen(
                dying_with_parent([*command, "--no-upgrade"]),
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=dict(self.environ),
            )  # fmt: skip
        self.program = Program("syncthing", process, log)

    def stop(self) -> None:
        """End it."""
        if self.program is not None:
            self.program.stop()
