"""curl: one PATCH of a whole file to an upload that exists already."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from domain.errors import ServiceError
from domain.wire.tus import OFFSET_TYPE, VERSION


def patch(file: Path, url: str, headers: Mapping[str, str]) -> float:
    """Send ``file`` at offset 0; seconds by curl's own clock, connecting included. Raises ServiceError."""
    told = {"Tus-Resumable": VERSION, "Upload-Offset": "0", "Content-Type": OFFSET_TYPE, **headers}
    command = ["curl", "--silent", "--show-error", "--request", "PATCH", "--upload-file", str(file)]
    for name, value in told.items():
        command += ["--header", f"{name}: {value}"]
    command += ["--output", "/dev/null", "--write-out", "%{http_code} %{time_total}", "--noproxy", "*", url]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    code, _, seconds = done.stdout.partition(" ")
    if code != "204":
        raise ServiceError(f"curl: {code} {done.stderr.strip()}")
    return float(seconds)
