"""A few words of memory that a lane writes and its supervisor reads, across the fork, without asking the database."""

from __future__ import annotations

import mmap
import struct
import time

_LAYOUT = struct.Struct("=qdqq")


class Slate:
    """What a lane is doing: the job (0 for none), when its time is up, its limit, and how many it has finished."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LAYOUT.size)

    def begin(self, job_id: int, limit_s: int) -> None:
        """The lane starts a job; its time is up in limit_s seconds of the machine's steady clock."""
        self._write(job_id, time.monotonic() + limit_s, limit_s, self.finished)

    def end(self) -> None:
        """The lane is free again."""
        self._write(0, 0.0, 0, self.finished + 1)

    def _write(self, job_id: int, deadline: float, limit_s: int, finished: int) -> None:
        _LAYOUT.pack_into(self._memory, 0, job_id, deadline, limit_s, finished)

    def _read(self) -> tuple[int, float, int, int]:
        job_id, deadline, limit_s, finished = _LAYOUT.unpack_from(self._memory, 0)
        return job_id, deadline, limit_s, finished

    @property
    def job_id(self) -> int:
        """The job under way, or 0."""
        return self._read()[0]

    @property
    def finished(self) -> int:
        """Attempts ended so far."""
        return self._read()[3]

    @property
    def overrun(self) -> int | None:
        """The limit in seconds, when the job has broken it."""
        job_id, deadline, limit_s, _ = self._read()
        return limit_s if job_id and time.monotonic() > deadline else None
