"""Face work beside a living event loop: one picture at a time, a bounded queue, no deadlock under threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from center.faces.checker import FaceChecker
from center.faces.desk import FaceDesk
from center.faces.failures import ImageRefused
from domain.errors import CenterBusy
from tests.support.people import astronaut
from tests.support.puppet import jpeg


def test_the_loop_goes_on_and_too_many_are_told_to_come_back(checker: FaceChecker) -> None:
    photo = jpeg(astronaut())

    async def crowd() -> tuple[list[object], int]:
        desk, beats = FaceDesk(checker, waiting=3), 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0)

        heart = asyncio.create_task(beat())
        answers = await asyncio.gather(*[desk.check_photo(photo) for _ in range(6)], return_exceptions=True)
        heart.cancel()
        assert (await desk.check_photo(photo)).ok, "places are given back"
        template = await desk.register(photo)
        assert (await desk.observe(photo, template)).similarity > 0.99
        with pytest.raises(ImageRefused):
            await desk.observe(b"nothing", template)
        desk.close()
        return list(answers), beats

    answers, beats = asyncio.run(crowd())
    busy = [answer for answer in answers if isinstance(answer, CenterBusy)]
    assert len(busy) == 2
    assert all(why.retry_after_s for why in busy)
    assert beats > 3


def test_many_threads_get_what_one_gets(checker: FaceChecker) -> None:
    photo = jpeg(astronaut())
    template = checker.register(photo)
    alone = checker.observe(photo, template)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda _number: checker.observe(photo, template), range(8)))
    assert together == [alone] * 8
