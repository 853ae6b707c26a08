"""kill -9 between any two system calls of sealing: the file is sealed whole afterwards, or already was.

A forked child kills itself at the n-th step of sealing two files; n goes up until it gets through.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from domain.chain import follow
from domain.identity import LinkKind, Track
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.spool import Spool
from tests.support.seals import DEVICE, RUN, SESSION

CONTENTS = (b"first segment", b"second segment")
START = Moment("boot", 1, 2, False, 3)


def _seal_all(spool: Spool) -> None:
    writer = ChainWriter(spool, SESSION, DEVICE, Track.CAMERA)
    for index in range(len(CONTENTS)):
        path = spool.run_dir(SESSION, Track.CAMERA, RUN) / f"{index:06d}.m4s"
        writer.seal_file(LinkKind.SEGMENT, RUN, index, path, start=START, duration_ms=5)


def _die_at(step: int) -> None:
    """From here on this process kills itself around its ``step``-th disk operation; writes come in halves."""
    left = step

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(real: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object, **named: object) -> object:
            count()
            done = real(*arguments, **named)
            count()
            return done

        return wrapped

    real_write = os.write
    os.write = around(lambda fd, data: real_write(fd, data[: max(1, len(data) // 2)]))  # type: ignore[assignment]
    os.fsync = around(os.fsync)  # type: ignore[assignment]
    os.open = around(os.open)  # type: ignore[assignment]
    Path.replace = around(Path.replace)  # type: ignore[assignment,method-assign]


def _sealed_with_kill_at(spool: Spool, step: int) -> bool:
    """Seal in a forked child that dies at ``step``; False when it died."""
    pid = os.fork()
    if pid == 0:
        try:
            _die_at(step)
            _seal_all(spool)
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return not os.WIFSIGNALED(status)


def test_a_kill_at_every_step_of_sealing_loses_nothing(tmp_path: Path) -> None:
    for step in range(1, 500):
        spool = Spool(tmp_path / str(step))
        folder = spool.new_run_dir(SESSION, Track.CAMERA, RUN)
        for index, content in enumerate(CONTENTS):
            (folder / f"{index:06d}.m4s").write_bytes(content)
        survived = _sealed_with_kill_at(spool, step)
        scan = spool.read_seals(SESSION, Track.CAMERA)
        assert not scan.damaged  # never half a seal
        follow(scan.seals, SESSION, DEVICE, Track.CAMERA)
        _seal_all(spool)
        seals = spool.read_seals(SESSION, Track.CAMERA).seals
        assert follow(seals, SESSION, DEVICE, Track.CAMERA).segments == len(CONTENTS)
        assert tuple(path.read_bytes() for path in sorted(folder.glob("*.m4s"))) == CONTENTS
        if survived:
            break
    assert survived
    assert step > 40
