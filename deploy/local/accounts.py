"""Under which account PostgreSQL runs: it refuses to be root, so root lends it another without changing the system."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError


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

    An ordinary user with a name: ourselves. Otherwise (root, or a container's bare number, which initdb refuses): a
    user name space in which we look like `nobody`; as root also `nobody` itself, for where such spaces are forbidden.
    Raises StackError no_account when none can use both paths.
    """
    root = os.getuid() == 0
    if not root and _has_name(os.getuid()):
        return Account()
    nobody = _stand_in()
    unshare = shutil.which("unshare")
    space = (str(unshare), "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    ways = [*([Account(space)] if unshare else []), *([Account(uid=nobody.pw_uid)] if root else [])]
    for way in ways:
        if way.uid is not None:
            directory.parent.chmod(directory.parent.stat().st_mode | 0o011)  # it must pass through our home
        _own(directory, way.owner)
        if _works(way, program, directory):
            return way
    raise StackError(
        "no_account",
        f"PostgreSQL needs an ordinary account with a name, and none can use both {program} and {directory}. "
        "Start as an ordinary user that /etc/passwd knows; as root, keep checkout and home (HUIYIN_HOME) where every "
        "user may pass, for example below /srv, not below /root.",
    )


def _stand_in() -> pwd.struct_passwd:
    return next((user for user in pwd.getpwall() if user.pw_name == "nobody"), pwd.getpwall()[-1])


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _works(account: Account, program: Path, directory: Path) -> bool:
    try:
        return account.run([str(program), "--version"], cwd=directory).returncode == 0
    except OSError:
        return False


def _own(directory: Path, uid: int) -> None:
    for path in [*directory.rglob("*"), directory]:
        if path.lstat().st_uid != uid:
            os.chown(path, uid, uid, follow_symlinks=False)
