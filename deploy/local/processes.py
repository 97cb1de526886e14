"""A child process of a home: launched, written down, found again after a crash, stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.local import identity
from deploy.local.errors import StackError

STOP_SECONDS = 10.0
POLL_SECONDS = 0.02


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition` until it holds or `seconds` have passed; return its last answer."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


class Child:
    """One named child process. Only a process whose number AND start time are on record is ever signalled."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.log = directory / f"{name}.log"
        self._record = directory / f"{name}.process.json"
        self._popen: subprocess.Popen[bytes] | None = None

    def running(self) -> identity.Identity | None:
        """Return the recorded process if that very process still runs."""
        if self._popen is not None:
            self._popen.poll()  # reaps it, so that it does not linger as a zombie
        recorded = self._read()
        if recorded is None:
            return None
        current = identity.identity_of(int(recorded["pid"]))
        same = current is not None and current._asdict().items() <= recorded.items()
        return current if same else None

    def fingerprint(self) -> str | None:
        """Return what the recorded process was launched with."""
        recorded = self._read()
        return None if recorded is None else recorded["fingerprint"]

    def seen_on_this_boot(self) -> bool:
        """Tell whether the recorded process ran on this boot of this machine."""
        recorded, me = self._read(), identity.identity_of(os.getpid())
        return recorded is not None and me is not None and recorded["machine"] == me.machine

    def launch(
        self, command: list[str], fingerprint: str, *, account: int | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """Start `command` in a session of its own, output to the log (the previous log is kept as `.1`)."""
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        become = [sys.executable, "-I", "-S", identity.__file__]
        arguments = [str(self._record), fingerprint, "-" if account is None else str(account)]
        self._record.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            self._popen = subprocess.Popen(
                [*become, *arguments, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C at the terminal reaches the supervisor alone, which then stops us
                cwd=self._record.parent,
                env=env,
            )
        wait_until(lambda: self._record.exists() or self.exited(), STOP_SECONDS)

    def exited(self) -> bool:
        """Tell whether the process launched or adopted here has ended."""
        if self._popen is not None:
            return self._popen.poll() is not None
        return self.running() is None

    def stop(self, first: signal.Signals, seconds: float = STOP_SECONDS) -> bool:
        """Signal the process, kill its group if it stays longer than `seconds`; return whether it went by itself."""
        process = self.running()
        if process is None:
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, first)
        by_itself = wait_until(lambda: self.running() is None, seconds)
        if not by_itself:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            wait_until(lambda: self.running() is None, 1.5)
        return by_itself

    def failure(self, doing: str) -> StackError:
        """Return the error that says what failed, with the end of the log."""
        tail = self.log.read_text(errors="replace").splitlines()[-12:] if self.log.exists() else []
        return StackError("process_failed", "\n".join([f"{self.name} failed {doing}; end of {self.log}:", *tail]))

    def _read(self) -> dict[str, str] | None:
        try:
            return dict(json.loads(self._record.read_text()))
        except (OSError, ValueError):
            return None
