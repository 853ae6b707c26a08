"""The recorder's loopback API: thin routes over ``recorder.recorder``.

Token and Host checks are ``host.localapi``'s. Pictures are always the newest: nothing is queued for a reader.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from domain.errors import BadInput, NoFrames
from domain.wire import Wire
from domain.wire.recorder import CaptureOrder, DevicesAnswer, StopOrder, TrialOrder
from host.localapi import answer, read_body
from recorder.recorder import Recorder
from recorder.views import Picture

_BOUNDARY = b"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: "
_PICTURE_PATIENCE_S = 5.0


class LevelAnswer(Wire):
    """GET /level: RMS in dB below full scale (None without a microphone), and for how long there was none at all."""

    level_db: float | None
    silent_for_s: float


def routes(recorder: Recorder, quit_now: Callable[[], None]) -> list[Route]:
    """Every route; ``quit_now`` makes the program end soon."""

    async def status(request: Request) -> Response:
        return answer(recorder.status())

    async def devices(request: Request) -> Response:
        return answer(DevicesAnswer(devices=await recorder.devices()))

    async def monitor(request: Request) -> Response:
        await recorder.monitor(await read_body(request, CaptureOrder))
        return answer(recorder.status())

    async def record(request: Request) -> Response:
        await recorder.record(await read_body(request, CaptureOrder))
        return answer(recorder.status())

    async def switch(request: Request) -> Response:
        await recorder.switch(await read_body(request, CaptureOrder))
        return answer(recorder.status())

    async def stop(request: Request) -> Response:
        await recorder.stop(end=(await read_body(request, StopOrder)).end)
        return answer(recorder.status())

    async def try_recording(request: Request) -> Response:
        await recorder.try_recording((await read_body(request, TrialOrder)).seconds)
        return answer(recorder.trial.status())

    async def trial(request: Request) -> Response:
        return answer(recorder.trial.status())

    async def trial_webm(request: Request) -> Response:
        if recorder.trial.webm is None:
            raise BadInput("没有试录 / there is no test recording")
        return FileResponse(recorder.trial.webm, media_type="video/webm", headers={"Cache-Control": "no-store"})

    async def leave(request: Request) -> Response:
        quit_now()
        return answer(recorder.status())

    async def level(request: Request) -> Response:
        ear = recorder.views.ear
        return answer(LevelAnswer(level_db=ear.db, silent_for_s=ear.silent_for_s()))

    async def preview_stream(request: Request) -> Response:
        return StreamingResponse(
            _stream(recorder.views.preview), media_type="multipart/x-mixed-replace; boundary=picture"
        )

    def newest(picture: Picture) -> Callable[[Request], "asyncio.Future[Response]"]:
        async def show(request: Request) -> Response:
            try:
                number = -1 if picture.jpeg is not None else picture.number
                _, jpeg = await asyncio.wait_for(picture.wait_newer(number), _PICTURE_PATIENCE_S)
            except TimeoutError:
                raise NoFrames("preview") from None
            return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

        return show  # type: ignore[return-value]

    return [
        Route("/status", status),
        Route("/devices", devices),
        Route("/monitor", monitor, methods=["POST"]),
        Route("/record", record, methods=["POST"]),
        Route("/switch", switch, methods=["POST"]),
        Route("/stop", stop, methods=["POST"]),
        Route("/trial", trial),
        Route("/trial", try_recording, methods=["POST"]),
        Route("/trial.webm", trial_webm),
        Route("/quit", leave, methods=["POST"]),
        Route("/level", level),
        Route("/preview.mjpeg", preview_stream),
        Route("/preview.jpg", newest(recorder.views.preview)),
        Route("/still.jpg", newest(recorder.views.preview)),
        Route("/screen.jpg", newest(recorder.views.screen)),
    ]


async def _stream(picture: Picture) -> AsyncIterator[bytes]:
    """Always the newest picture: a slow reader skips, nothing is queued for it."""
    number = -1
    while True:
        number, jpeg = await picture.wait_newer(number)
        yield _BOUNDARY + str(len(jpeg)).encode() + b"\r\n\r\n" + jpeg + b"\r\n"
