"""Work under way: a process that does it, the step it is at, and a way to stop it.

Receives a `Task`; a thread listens to the process, so that no page ever waits for it.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from typing import Any

from clientage.dashboard.worker import Refusal, Task, run_task

# Each of them may need every core and much memory: the others wait their turn, and their pages say so.
AT_ONCE = max(1, (os.cpu_count() or 2) // 2)
_turns = threading.BoundedSemaphore(AT_ONCE)
_spawning = threading.Lock()


class Job:
    """One piece of work.

    Parameters
    ----------
    task : Task
        What to do.
    title : str
        What a person reads above its steps.
    """

    def __init__(self, task: Task, title: str) -> None:
        self.task = task
        self.title = title
        self.step = "Waiting until other work is done"
        self.steps_done: list[tuple[str, float]] = []
        self.parts: dict[str, Any] = {}
        self.refusal: Refusal | None = None
        self.done = False
        self.cancelled = False
        self._begun = time.monotonic()
        self._step_begun = self._begun
        self._ended = 0.0
        self._process: Any = None
        self._lock = threading.Lock()
        threading.Thread(target=self._follow, name="clientage-job", daemon=True).start()

    @property
    def seconds(self) -> float:
        """How long it has taken so far, or took."""
        return (self._ended or time.monotonic()) - self._begun

    @property
    def succeeded(self) -> bool:
        """Whether it ended with a result."""
        return self.done and self.refusal is None and not self.cancelled

    def cancel(self) -> None:
        """Stop it now; what it had begun to write is cleared away by the next run in the folder."""
        with self._lock:
            self.cancelled = True
            if self._process is not None and self._process.is_alive():
                self._process.kill()

    def _follow(self) -> None:
        try:
            while not _turns.acquire(timeout=0.2):
                if self.cancelled:
                    return
            try:
                self._work()
            finally:
                _turns.release()
        finally:
            self._ended = time.monotonic()
            self.done = True

    def _work(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        with self._lock:
            if self.cancelled:
                return
            self._process = context.Process(target=run_task, args=(theirs, self.task), daemon=True)
            with _spawning:
                self._process.start()
        theirs.close()
        self._next_step("Starting")
        ended = self._listen(ours)
        self._process.join()
        if not ended and not self.cancelled:
            self.refusal = Refusal(
                "work that comes to its end",
                f"its process was ended from outside (code {self._process.exitcode}), mostly for lack of memory",
                "Take fewer rows or columns, or close other programs, and try again.",
            )

    def _listen(self, ours: Any) -> bool:
        """Take in what the process sends until it has ended; False when it ended without a word."""
        with ours:
            while True:
                try:
                    what, value = ours.recv()
                except (EOFError, OSError):
                    return False
                if what == "step":
                    self._next_step(value)
                elif what == "part":
                    self.parts[value[0]] = value[1]
                elif what == "refused":
                    self.refusal = value
                    return True
                elif what == "failed":
                    self.refusal = Refusal(
                        "work that comes to its end",
                        f"it failed where it should not have ({value})",
                        "Run `clientage run` on the same file with CLIENTAGE_DEBUG=1 to see where, and report it.",
                    )
                    return True
                else:
                    return True

    def _next_step(self, step: str) -> None:
        now = time.monotonic()
        self.steps_done.append((self.step, now - self._step_begun))
        self.step, self._step_begun = step, now
