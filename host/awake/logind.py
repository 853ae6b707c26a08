"""Linux: systemd-logind's inhibitor lock, taken by ``systemd-inhibit``.

The lock lasts as long as the command it runs, which reads our pipe: when this process dies, however, the pipe closes,
the command ends and the lock falls. The command speaks only once the lock is taken.
"""

from typing import ClassVar

from host.awake.child import HOLDS, ChildInhibitor


class Logind(ChildInhibitor):
    """Blocks suspend, the idle action, and the lid."""

    command: ClassVar = (
        "systemd-inhibit",
        "--what=sleep:idle:handle-lid-switch",
        "--who=zhishi",
        "--why=面试视频正在录制或上传 / an interview is being recorded or uploaded",
        "--mode=block",
        "sh",
        "-c",
        f"echo {HOLDS.decode()}; exec cat",
    )
