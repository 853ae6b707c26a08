"""``bench.backlog`` inside its namespace: ``python -m bench.backlog_inside NAME FOLDER WORK``; prints seconds."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.laid import lay_chain
from bench.peers import rclone, rsync, syncthing
from bench.world import Center, new_laptop
from domain.errors import ServiceError
from domain.identity import Track
from domain.manifest import Ended, EndedBy
from host.spool import Spool
from tests.support.longpath import LongPath
from tests.support.namespaces import CENTER, cut, enter, lose, mend, throttle, topology
from zhishi.stage import dying_with_parent

OURS = "ours"
_POLL_S = 0.2


@dataclass(frozen=True)
class Work:
    """What is to be sent, and what the line is like; ``outages`` are (begins, lasts) in seconds from the start."""

    files: str
    outages: list[tuple[float, float]]
    rate_bits: int
    lost_per_mille: int
    one_way_s: float
    streams: int
    limit_s: float

    def paths(self) -> list[Path]:
        """The files, in order."""
        return sorted(Path(self.files).iterdir())


@dataclass(frozen=True, slots=True)
class Place:
    """Where one contender works."""

    folder: Path
    environ: Mapping[str, str]
    router: int
    center: int

    @contextmanager
    def bad_line(self, work: Work) -> Iterator[None]:
        """From here on the line is as ``work`` says; outages are counted from here."""
        over = threading.Event()
        with LongPath(self.router, work.one_way_s):
            throttle(self.router, work.rate_bits)
            lose(self.router, work.lost_per_mille)
            breaking = threading.Thread(target=self._break, args=(work, over))
            breaking.start()
            try:
                yield
            finally:
                over.set()
                breaking.join()
                lose(self.router, 0)
                throttle(self.router, None)

    def _break(self, work: Work, over: threading.Event) -> None:
        began = time.monotonic()
        for begins, lasts in work.outages:
            if over.wait(began + begins - time.monotonic()):
                return
            cut("far", self.router)
            over.wait(began + begins + lasts - time.monotonic())
            mend("far", self.router)


Contender = Callable[[Place, Work], float]


def _timed(work: Work, through: Callable[[], object], tend: Callable[[], None] = lambda: None) -> float:
    """Seconds until ``through``, at most the limit."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < work.limit_s:
        if through():
            return took
        tend()
        time.sleep(_POLL_S)
    return work.limit_s


def _ours(place: Place, work: Work) -> float:
    """syncd starts on a spool that holds it all; ends with the receipt."""
    with ExitStack() as stack:
        center = Center(place.folder / "center", place.environ, host=CENTER, before=enter(place.center))
        stack.enter_context(center)
        laptop = stack.enter_context(new_laptop(place.folder / "laptop", place.environ))
        laptop.start_syncd()
        enrolled = laptop.enrol(center.url, center.code())
        laptop.programs.pop("syncd").stop()
        seals = lay_chain(laptop.home, enrolled.session, enrolled.device, work.paths(), Track.CAMERA)
        last = seals[-1]
        ended = Ended(EndedBy.ORDER, last.center_ms + last.duration_ms, last.center_est)
        Spool(laptop.home.spool).save_ended(enrolled.session, ended)

        def receipt() -> bool:
            status = laptop.sync()
            return status is not None and status.sessions[0].state == "confirmed"

        stack.enter_context(place.bad_line(work))
        began = time.monotonic()
        laptop.start_syncd()
        return time.monotonic() - began + _timed(work, receipt)


def _rclone(place: Place, work: Work) -> float:
    with rclone.S3Server(place.folder / "s3", place.environ, host=CENTER, before=enter(place.center)) as server:
        with place.bad_line(work):
            client = _client(rclone.folder_command(Path(work.files), server, work.streams), place)
            took = _timed(work, lambda: client.poll() is not None)
            client.kill()
        _all_there(took, work, rclone.count_stored(server))
        return took


def _rsync(place: Place, work: Work) -> float:
    """As many clients as streams, each with its share of the files; one that fails is run again, as a job would."""
    with rsync.RsyncDaemon(place.folder / "rsync", place.environ, host=CENTER, before=enter(place.center)) as server:
        files = work.paths()
        shares = [files[number :: work.streams] for number in range(work.streams)]
        running: dict[int, subprocess.Popen[bytes]] = {}

        def tend() -> None:
            for number, client in list(running.items()):
                if client.poll() == 0:
                    del running[number]
                elif client.poll() is not None:
                    running[number] = _client(rsync.files_command(shares[number], server), place)

        with place.bad_line(work):
            for number, share in enumerate(shares):
                if share:
                    running[number] = _client(rsync.files_command(share, server), place)
            took = _timed(work, lambda: not running, tend)
            for client in running.values():
                client.kill()
        _all_there(took, work, len(list((place.folder / "rsync" / "module").iterdir())))
        return took


def _syncthing(place: Place, work: Work) -> float:
    sent = place.folder / "sent"  # it makes a folder of its own beside the files
    sent.mkdir()
    for path in work.paths():
        (sent / path.name).hardlink_to(path)
    here = syncthing.Home(place.folder / "here", sent, place.environ)
    reached, received = f"{CENTER}:{syncthing.PORT}", place.folder / "received"
    there = syncthing.Home(place.folder / "there", received, place.environ, reached, enter(place.center))
    for home in (here, there):
        home.prepare()
    here.share_with(there, "sendonly")
    there.share_with(here, "receiveonly")
    names = [path.name for path in work.paths()]
    there.start()
    try:
        with place.bad_line(work):
            here.start()
            return _timed(work, lambda: all((there.folder / name).exists() for name in names))
    finally:
        here.stop()
        there.stop()


def _client(command: list[str], place: Place) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        dying_with_parent(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=rclone.clean(place.environ),
    )


def _all_there(took: float, work: Work, count: int) -> None:
    if took < work.limit_s and count != len(work.paths()):
        raise ServiceError(f"ended with {count} of {len(work.paths())} files")


CONTENDERS: dict[str, Contender] = {
    OURS: _ours,
    "rclone → S3": _rclone,
    "rsync --append-verify": _rsync,
    "syncthing": _syncthing,
}


def main(name: str, folder: str, raw: str) -> None:
    """Measure one contender."""
    with topology() as (router, center):
        place = Place(Path(folder), dict(os.environ), router, center)
        seconds = CONTENDERS[name](place, Work(**json.loads(raw)))
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
