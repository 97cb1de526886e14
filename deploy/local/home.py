"""The directory that holds everything of one embedded stack, and the lock that lets one supervisor use it."""

import fcntl
import os
from pathlib import Path
from typing import IO

from deploy.local.errors import StackError


def run_directory(home: Path) -> Path:
    """Create `home` for our eyes only if it is missing; return its directory of locks, process records and logs."""
    run = home / "run"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        run.mkdir(mode=0o700, exist_ok=True)
        (run / ".writable").touch()
    except OSError as error:
        raise StackError(
            "home_unusable",
            f"{home} cannot be used ({error.strerror}): it needs to be a directory that you may write. "
            "Run as its owner, or choose another with HUIYIN_HOME.",
        ) from error
    return run


class HomeLock:
    """At most one supervisor per home: a file lock that the system itself releases when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock; do nothing when it is ours already. Raises StackError home_in_use naming the holder."""
        if self._file is not None:
            return
        file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise StackError(
                "home_in_use",
                f"{self._path.parent} is supervised by another process ({holder}): stop that one first, "
                "or choose another home with HUIYIN_HOME.",
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock back; do nothing when it is not ours."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None
