"""The authority's side of the demo: the sample project on a fast schedule, and what support and administrators do.

Only acts that people have too (``center.staff``), each in the audit. Runs no center.
"""

from datetime import timedelta
from pathlib import Path

from host.clock import SystemClock
from zhishi.sample import CODE, FIRST_BATCH, FIRST_ID_NUMBER, FIRST_NUMBER
from zhishi.walk import Person

PERSON = Person(CODE, FIRST_NUMBER, FIRST_ID_NUMBER)
_DOOR = timedelta(minutes=14)  # within 进入考试's fifteen: every door is open from the first page on
_SPARE_S = 60.0
_BY = "demo"


class DemoDesk:
    """The center's data lie in ``data``; the center may run meanwhile."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._admitted: set[str] = set()

    def hold(self, answer_s: float) -> None:
        """Import the sample. Raises ProjectInvalid, StorageError, ServiceError."""
        from zhishi.desk import import_sample

        import_sample(self._data, _DOOR, answer_minutes=(answer_s + _SPARE_S) / 60, showing_seconds=0)

    def admit(self, number: str) -> bool:
        """Log somebody in by hand, once; says on their screen that no face was compared. False: done before."""
        from center import admin, staff
        from center.config import CenterConfig
        from center.staff import Actor
        from center.store.candidates import PermissionKind

        if number in self._admitted:
            return False
        self._admitted.add(number)
        actor = Actor(_BY, "演示：没有与照片相符的人脸", SystemClock().wall_ms())
        with admin.opened(CenterConfig(data=self._data)) as database:
            staff.admit(database, CODE, number, {PermissionKind.LOGIN}, actor)
            told = "这是演示：登录由演示程序代技术服务人员放行，没有比对人脸。"
            staff.broadcast(database, CODE, FIRST_BATCH, told, actor, number)
        return True

    def start_in(self, seconds: float) -> None:
        """Move the start close, as an administrator may before it."""
        from center import admin, staff
        from center.config import CenterConfig
        from center.staff import Actor

        now_ms = SystemClock().wall_ms()
        with admin.opened(CenterConfig(data=self._data)) as database:
            staff.postpone(database, CODE, FIRST_BATCH, now_ms + int(seconds * 1000), Actor(_BY, "演示", now_ms))
