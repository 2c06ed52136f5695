"""Threads that wait for the same lock share one transaction: the first writes for all.

Each thread brings a job and gets what came of it. One at a time leads: it takes what waits,
has it written in one transaction, and only then are all of them told. Whoever came meanwhile is
taken by the next leader, so that a group grows with the crowd and nobody waits for a clock.
What waits is bounded in number and in time; what is turned away was not begun.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from marketplace.errors import MusikaError

Job = TypeVar("Job")
Done = TypeVar("Done")


class Busy(MusikaError):
    """Too many wait, or this one waited too long; nothing was written. `wait` is in seconds."""

    code = "busy"

    def __init__(self, wait: int) -> None:
        super().__init__(
            "More is coming in than can be written down; of this nothing was kept.",
            remedy=f"Send the same again in {wait} seconds, with the same Idempotency-Key.",
        )
        self.wait = wait


class Unknown(MusikaError):
    """The thread that wrote was killed: whether it got to the end is not known here."""

    code = "outcome-unknown"

    def __init__(self) -> None:
        super().__init__(
            "It is not known whether this was written down.",
            remedy="Send the same again, with the same Idempotency-Key, or look at your receipts.",
        )


@dataclass
class _Place(Generic[Job, Done]):
    """A job in the queue; `told` is set when it was written, or when it is its turn to lead."""

    job: Job
    told: threading.Event = field(default_factory=threading.Event)
    taken: bool = False
    outcome: Done | Exception | None = None


class Together(Generic[Job, Done]):
    """`write` gets the jobs of a group and gives, in their order, what came of each.

    An exception in its answer is raised in the thread whose job it was; one that it raises, in all.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Job]], Sequence[Done | Exception]],
        *,
        most: int,
        room: int,
        patience: float,
    ) -> None:
        self._write, self._most, self._room, self._patience = write, most, room, patience
        self._lock = threading.Lock()
        self._waiting: list[_Place[Job, Done]] = []
        self._led = False

    def add(self, job: Job) -> Done:
        """What came of `job`, once it is committed. Raises its refusal, or Busy."""
        place = _Place[Job, Done](job)
        if self._enter(place) or self._wait(place):
            self._lead()
        if isinstance(place.outcome, Exception):
            raise place.outcome
        if place.outcome is None:
            raise Unknown()
        return place.outcome

    def _enter(self, place: _Place[Job, Done]) -> bool:
        """Whether this thread is to lead; raises Busy if there is no room."""
        with self._lock:
            if len(self._waiting) >= self._room:
                raise Busy(max(1, int(self._patience)))
            self._waiting.append(place)
            leads, self._led = not self._led, True
        return leads

    def _wait(self, place: _Place[Job, Done]) -> bool:
        """Until it is written (False) or this thread's turn to lead (True); raises Busy."""
        if not place.told.wait(self._patience):
            with self._lock:
                if not place.taken and not place.told.is_set():
                    self._waiting.remove(place)
                    raise Busy(max(1, int(self._patience)))
            # It is being written: whether it was is known only at the end.
            place.told.wait()
        return not place.taken

    def _lead(self) -> None:
        with self._lock:
            group = self._waiting[: self._most]
            del self._waiting[: len(group)]
            for place in group:
                place.taken = True
        try:
            for place, done in zip(group, self._write([p.job for p in group]), strict=True):
                place.outcome = done
        except Exception as error:
            for place in group:
                place.outcome = error
        finally:
            self._hand_over(group)

    def _hand_over(self, group: list[_Place[Job, Done]]) -> None:
        with self._lock:
            following = self._waiting[:1]
            self._led = bool(following)
            for place in group + following:
                place.told.set()
