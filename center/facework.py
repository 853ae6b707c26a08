"""The face desk, opened at the first face: a center that only receives uploads never loads the models."""

import asyncio

from center.faces.checker import FaceChecker
from center.faces.desk import FaceDesk
from center.faces.observation import Observation, Template
from center.faces.settings import FaceSettings


class Faces:
    """One per process; belongs to one event loop once it is used."""

    def __init__(self, settings: FaceSettings) -> None:
        self.settings = settings
        self._opening = asyncio.Lock()
        self._desk: FaceDesk | None = None

    async def observe(self, frame: bytes, template: bytes) -> Observation:
        """As FaceDesk.observe, with the template as it is stored; raises FaceModelsMissing too."""
        kept = Template.from_bytes(template)
        return await (await self.desk()).observe(frame, kept)

    async def register(self, photo: bytes) -> bytes:
        """The template of a registered photo, for as long as a login runs; raises PhotoRefused."""
        return (await (await self.desk()).register(photo)).to_bytes()

    async def desk(self) -> FaceDesk:
        """The desk itself, opened if need be; raises FaceModelsMissing."""
        async with self._opening:
            if self._desk is None:
                self._desk = FaceDesk(await asyncio.to_thread(FaceChecker, self.settings))
            return self._desk

    def close(self) -> None:
        """Waits for the picture in work."""
        if self._desk is not None:
            self._desk.close()
