"""Which process a number means: its start time and machine beside it, so that a reused number is never mistaken.

Also a program: `python -I -S identity.py RECORD FINGERPRINT ACCOUNT COMMAND…` writes down who it is and then becomes
COMMAND, keeping number and start time. So no child ever runs unrecorded, whenever its parent may be killed. It
therefore imports the standard library only.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Identity(NamedTuple):
    """A process: number, start time (clock ticks since boot, or `ps` text) and the machine's boot and name space."""

    pid: int
    started: str
    machine: str


def identity_of(pid: int) -> Identity | None:
    """Return who `pid` is now, or None when there is no such process or only its unread exit status."""
    started = _started_by_proc(pid) if Path("/proc/self/stat").exists() else _started_by_ps(pid)
    return Identity(pid, started, _machine()) if started else None


def _started_by_proc(pid: int) -> str | None:
    try:
        # The command name stands in parentheses and may hold anything, so count from the last one: state is field 3.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _started_by_ps(pid: int) -> str | None:
    listed = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return listed[1].strip() if len(listed) == 2 and not listed[0].startswith("Z") else None


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def main(record: str, fingerprint: str, account: str, *command: str) -> None:
    """Write this process' identity to `record`, change to the numeric `account` unless it is `-`, become `command`."""
    me = identity_of(os.getpid())
    assert me is not None  # noqa: S101  # a running process can always see itself
    draft = Path(f"{record}.new")
    draft.write_text(json.dumps({**me._asdict(), "fingerprint": fingerprint}))
    draft.replace(record)
    if account != "-":
        os.setgroups([])
        os.setgid(int(account))
        os.setuid(int(account))
    os.execv(command[0], command)  # noqa: S606  # no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
