"""What the face models say of registered photos. Owns remembering it, by the photo's hash; decides nothing."""

import threading
from collections import OrderedDict

from center.faces.desk import FaceDesk
from center.faces.observation import PhotoReport

_MOST = 20_000


class PhotoLooks:
    """One per process. Thread-safe."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, PhotoReport] = OrderedDict()
        self._turn = threading.Lock()

    def known(self, sha256: str) -> PhotoReport | None:
        """What was said of this photo, if it was looked at."""
        with self._turn:
            return self._known.get(sha256)

    def look(self, desk: FaceDesk, sha256: str, photo: bytes) -> PhotoReport:
        """Looks only once at each; raises ImageRefused when it is no usable picture, ServiceError when the desk is
        closed. Blocking.
        """
        known = self.known(sha256)
        if known is not None:
            return known
        report = desk.look_at(photo)
        with self._turn:
            self._known[sha256] = report
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return report
