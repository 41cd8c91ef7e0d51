"""The worker under Gunicorn's roof: started with the web server, started again when it dies, ended with it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time

from portal.platform.config import ROOT, Settings

log = logging.getLogger("portal.jobs")

COMMAND = (sys.executable, "-m", "flask", "--app", "app", "worker", "--parent-pipe")
_LOOK_EVERY = 0.5
_LONGEST_PAUSE = 30.0
_SETTLED_AFTER = 60.0


class Keeper:
    """Holds one ``flask worker`` alive. The worker ends when the pipe to it closes, however we end.

    Only a daemon thread watches, so that the arbiter's own loop stays as it is. The arbiter may take the worker's exit
    before us (it waits for any child); Popen.poll then answers 0, which is a death like any other.
    """

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self.command = command
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._retired: list[subprocess.Popen[bytes]] = []

    @property
    def pid(self) -> int | None:
        """The worker's process, while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> Keeper:
        """Start the worker and watch it."""
        self._spawn()
        self._thread = threading.Thread(target=self._watch, name="worker-keeper", daemon=True)
        self._thread.start()
        return self

    def restart(self) -> None:
        """Let the worker finish what it has at hand; the new one starts with the code as it is now."""
        with self._lock:
            if self._ended.is_set():
                return
            self._retired = [process for process in (*self._retired, self._process) if process and _runs(process)]
            self._dismiss()
            self._spawn()

    def stop(self, seconds: float = 35.0) -> None:
        """End the worker: it finishes what it has at hand, or gives it back."""
        self._ended.set()
        with self._lock:
            self._dismiss()
            left = [process for process in (*self._retired, self._process) if process]
        end = time.monotonic() + seconds
        while any(map(_runs, left)) and time.monotonic() < end:
            time.sleep(0.05)
        for process in filter(_runs, left):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def forget(self) -> None:
        """In a forked web worker: let go of the pipe, so that it closes with the arbiter alone."""
        process, self._process = self._process, None
        self._ended.set()
        if process is not None and process.stdin is not None:
            process.stdin.close()
            process.returncode = 0  # not our child; nobody here may wait for it

    def _spawn(self) -> None:
        self._process = subprocess.Popen(self.command, cwd=ROOT, stdin=subprocess.PIPE, process_group=0, close_fds=True)
        log.info("embedded worker started, pid %d", self._process.pid, extra={"event_type": "worker_started"})

    def _dismiss(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)

    def _watch(self) -> None:
        deaths, born = 0, time.monotonic()
        while not self._ended.wait(_LOOK_EVERY):
            process = self._process
            if process is None or process.poll() is None:
                continue
            deaths = 0 if time.monotonic() - born > _SETTLED_AFTER else deaths + 1
            pause = min(_LONGEST_PAUSE, 0.5 * 2**deaths)
            log.error("embedded worker died; another one starts in %.1f s", pause, extra={"event_type": "worker_died"})
            if self._ended.wait(pause):
                return
            with self._lock:
                if not self._ended.is_set() and self._process is process:
                    self._spawn()
                    born = time.monotonic()


def _runs(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def start(settings: Settings) -> Keeper | None:
    """Start and keep the embedded worker; None when the settings switch it off (EMBEDDED_WORKER)."""
    return Keeper().start() if settings.embedded_worker else None
