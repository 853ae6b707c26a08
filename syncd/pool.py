"""Uploads side by side: a dispatcher that hands due uploads to workers, as many as pay.

Owns the threads. Which upload is due is the store's answer, what to do with one is ``syncd.sending``, how many run is
``syncd.flows``.
"""

import queue
import threading
import time
from collections.abc import Callable, Collection

from domain.errors import StorageError
from domain.status import UploadState
from syncd.flows import Flows
from syncd.lagging import Lagging
from syncd.sending import Active, Sender
from syncd.store import Job, Now
from syncd.transport import Wire

STRETCH_S = 2.0
_LONGEST_SLEEP_S = 60.0
_ANSWER_NS = 1_000_000_000  # an answer that takes longer is none to wait for without a flow
_IDLE_WORKER_S = 20.0


class Pool:
    """``wake`` it when something may have become due. ``settled`` is told each session with a new state, ``suspect``
    is called while something that is being sent gets no answer."""

    def __init__(
        self,
        sender: Sender,
        settled: Callable[[str, UploadState], None],
        failed: Callable[[str, Exception], None],
        suspect: Callable[[], None],
    ) -> None:
        config = sender.config
        self._sender = sender
        self._suspect = suspect
        self._settled = settled
        self._failed = failed
        self._flows = Flows(config.start_flows, config.least_flows, config.most_flows)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._active: dict[int, tuple[Active, Wire]] = {}
        self._lagging = Lagging()
        self._handed = 0  # jobs handed over and not finished
        self._broke = False  # a connection broke in this stretch: what its buffer held never arrived
        self._idle = 0  # workers waiting for a job
        self._workers: set[threading.Thread] = set()
        self._wires: set[Wire] = set()
        self._stranded: set[int] = set()  # taken, but the queue's disk refused to write down what came of them
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._dispatcher.start()

    def wake(self) -> None:
        """Something may be due."""
        self._wake.set()

    def active(self) -> list[Active]:
        """What is under way."""
        with self._lock:
            return [active for active, _ in self._active.values()]

    @property
    def flows(self) -> int:
        """How many uploads may run side by side now."""
        return self._flows.count

    def abort(self, lost: Collection[str] | None = None) -> None:
        """Break every connection: its path is gone, and waiting for a timeout would waste the new one.

        ``lost``: only those from one of these addresses of ours.
        """
        for wire in self._all_wires():
            wire.abort(lost)

    def abort_stuck(self) -> None:
        """The center answers: what is stuck meanwhile begins anew."""
        for wire in self._all_wires():
            wire.abort_stuck()

    def stuck(self) -> bool:
        """Something is being sent and nothing comes back: worth a question whether the center is there."""
        return any(wire.stuck() for wire in self._all_wires())

    def _all_wires(self) -> list[Wire]:
        with self._lock:
            return list(self._wires)

    def stop(self) -> None:
        """End every worker; uploads under way stay where they are."""
        self._sender.stop.set()
        self._wake.set()
        self._dispatcher.join()
        self.abort()
        while True:
            with self._lock:
                workers = list(self._workers)
            if not workers:
                return
            for _ in workers:
                self._jobs.put(None)
            for worker in workers:
                worker.join(timeout=1.0)
            self.abort()

    def _dispatch(self) -> None:
        began = time.monotonic()
        backlog = busy = False
        while not self._sender.stop.is_set():
            self._wake.clear()
            try:
                sleep_s, more = self._hand_out()
            except Exception as why:  # noqa: BLE001 -- the dispatcher's one; recorded and shown
                self._failed("dispatch", why)
                sleep_s, more = 5.0, False
            busy = busy or self._handed > 0
            backlog = backlog or more
            now = time.monotonic()
            if now - began >= STRETCH_S:
                if busy:
                    self._judge_stretch(now - began, backlog and more, not more)
                else:
                    self._sender.meter.drop()
                began, backlog, busy = now, False, False
            if self._handed:
                sleep_s = min(sleep_s, STRETCH_S)
                if self.stuck():
                    self._suspect()
            self._wake.wait(sleep_s)

    def _hand_out(self) -> tuple[float, bool]:
        """Give due uploads to workers; (seconds until something may be due, more is due than flows are free)."""
        sender = self._sender
        with self._lock:
            stranded = frozenset(self._stranded)
        if stranded:
            sender.store.release(stranded)  # raises while the disk still refuses: tried again
            with self._lock:
                self._stranded -= stranded
        now = Now(sender.clock.boot_id(), sender.clock.boot_ns())
        resting = sender.sites.resting()
        if (paused := sender.pace.paused_ns()) > 0:
            return paused / 1e9, False
        free = self._free()
        if free > 0:
            for job in sender.store.take(now, free, resting):
                self._hand(job)
        due = sender.store.next_due_ns(now, resting)
        held = sender.sites.next_held_ns()
        if due is not None and due <= now.boot_ns:
            return (_LONGEST_SLEEP_S if self._free() <= 0 else 0.05), True
        nexts = [at for at in (due, held) if at is not None]
        if not nexts:
            return _LONGEST_SLEEP_S, False
        return min(_LONGEST_SLEEP_S, max(0.0, (min(nexts) - now.boot_ns) / 1e9)), False

    def _judge_stretch(self, seconds: float, full: bool, last: bool) -> None:
        """Some work was done for ``seconds``, by every flow when ``full``: how many flows pay, and does one lag?

        ``last``: nothing else is due.
        """
        broke, self._broke = self._broke, False
        rate = self._sender.meter.stretch(seconds, self._held())
        if not full:
            self._flows = self._flows.idle()
        elif rate > 0 and not broke:  # an outage says nothing about how many pay
            self._flows = self._flows.measured(rate)
        self._hasten(seconds, last)

    def _hasten(self, seconds: float, last: bool) -> None:
        """An upload that lags far behind begins anew on another connection; a person's limit shares by itself."""
        if self._sender.pace.rate is not None:
            return
        with self._lock:
            under_way = dict(self._active)
        reached = {one: active.position - wire.held() for one, (active, wire) in under_way.items()}
        sending = {one: at for one, at in reached.items() if at < under_way[one][0].job.seal.size}
        self._lagging, anew = self._lagging.stretch(seconds, self._sender.meter.lately, sending, last)
        for one in anew:
            active, wire = under_way[one]
            active.anew = True
            wire.abort()

    def _held(self) -> int:
        """Bytes handed over that the network has not taken yet."""
        with self._lock:
            return sum(wire.held() for _, wire in self._active.values())

    def _free(self) -> int:
        """Uploads that may begin now."""
        since_ns = self._sender.clock.boot_ns() - _ANSWER_NS
        with self._lock:
            answers = sum(active.waits and active.moved_ns > since_ns for active, _ in self._active.values())
            return self._flows.free(self._handed, answers, self._sender.meter.newest)

    def _hand(self, job: Job) -> None:
        with self._lock:
            self._handed += 1
            self._jobs.put(job)
            if self._idle >= self._handed - len(self._active):
                return
            worker = threading.Thread(target=self._work, name="upload", daemon=True)
            self._workers.add(worker)
        worker.start()

    def _work(self) -> None:
        wire = Wire(self._sender.config, stall_s=self._sender.config.stall_s)
        with self._lock:
            self._wires.add(wire)
        try:
            while (job := self._next()) is not None:
                self._serve(job, wire)
        finally:
            with self._lock:
                self._wires.discard(wire)
                self._workers.discard(threading.current_thread())
            wire.close()

    def _next(self) -> Job | None:
        """The next job; None when there was none for a while, or the program stops."""
        with self._lock:
            self._idle += 1
        try:
            job = self._jobs.get(timeout=_IDLE_WORKER_S)
        except queue.Empty:
            job = None
        with self._lock:
            self._idle -= 1
            if job is None and not self._sender.stop.is_set() and not self._jobs.empty():
                job = self._jobs.get_nowait()  # handed over to this worker at the last moment
        return job

    def _serve(self, job: Job, wire: Wire) -> None:
        active = self._sender.begin(job, self.wake)
        with self._lock:
            self._active[job.id] = active, wire
        state = UploadState.QUEUED
        try:
            state = self._sender.send(active, wire)
        except StorageError as why:  # the queue cannot say so now; nothing is lost but time
            self._failed(job.path, why)
            with self._lock:
                self._stranded.add(job.id)
        except Exception as why:  # noqa: BLE001 -- the worker's one; the upload is named and kept for a person
            self._failed(job.path, why)
            self._sender.store.block(job.id, "internal", repr(why))
        finally:
            with self._lock:
                del self._active[job.id]
                self._handed -= 1
            self._wake.set()
        self._broke = self._broke or (state is UploadState.QUEUED and not active.anew)
        self._settled(job.session, state)
