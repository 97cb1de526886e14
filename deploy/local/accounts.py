"""Under which account PostgreSQL runs: it refuses to be root, so root lends it another without changing the system."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

NOBODY = 65534
NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Account:
    """A way to run a command without being root: through a `prefix` command, as another `uid`, or neither."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None

    @property
    def owner(self) -> int:
        """The uid that must own the files such a command works on."""
        return os.getuid() if self.uid is None else self.uid

    def run(self, command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `command` to its end in `cwd`; output is captured, a failure is returned, not raised."""
        return subprocess.run(
            [*self.prefix, *command],
            cwd=cwd,
            env={name: value for name, value in os.environ.items() if not name.startswith("PG")} | environment,
            user=self.uid,
            group=self.uid,
            extra_groups=None if self.uid is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def account_for(program: Path, directory: Path) -> Account:
    """Return an account that can run `program` and owns `directory` and all below it (changing the owner if needed).

    Not root: ourselves. Root: a user name space in which we look like an ordinary user; where those are forbidden, the
    unprivileged uid 65534. Raises StackError no_account when neither can reach both paths.
    """
    if os.getuid() != 0:
        return Account()
    unshare = shutil.which(NAMESPACE[0])
    ways = [Account(uid=NOBODY)] if unshare is None else [Account((unshare, *NAMESPACE[1:])), Account(uid=NOBODY)]
    for way in ways:
        if way.uid is not None:
            directory.parent.chmod(directory.parent.stat().st_mode | 0o011)  # it must pass through our home
        _own(directory, way.owner)
        if _works(way, program, directory):
            return way
    raise StackError(
        "no_account",
        f"PostgreSQL does not run as root, and no ordinary account can use both {program} and {directory}. "
        "Start as an ordinary user, or keep checkout and home (HUIYIN_HOME) where every user may pass, "
        "for example below /srv, not below /root.",
    )


def _works(account: Account, program: Path, directory: Path) -> bool:
    try:
        return account.run([str(program), "--version"], cwd=directory).returncode == 0
    except OSError:
        return False


def _own(directory: Path, uid: int) -> None:
    for path in [*directory.rglob("*"), directory]:
        if path.lstat().st_uid != uid:
            os.chown(path, uid, uid, follow_symlinks=False)
