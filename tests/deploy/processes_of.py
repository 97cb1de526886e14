"""Looks at the machine from outside: which processes belong to a home, and where they listen."""

import contextlib
import os
from pathlib import Path

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}
LISTENING = "0A"


def processes_of(home: Path) -> set[int]:
    """Process numbers of whatever names `home` in its command or works inside it."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().decode(errors="replace")
            inside = command and Path(os.readlink(process / "cwd")).is_relative_to(home)
            if (inside or str(home) in command) and int(process.name) != os.getpid():
                found.add(int(process.name))
    return found


def listening_addresses(processes: set[int]) -> set[str]:
    """Internet addresses, in the kernel's hexadecimal, on which `processes` listen."""
    sockets = set()
    for process in processes:
        with contextlib.suppress(OSError):  # one that has ended meanwhile listens nowhere
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with contextlib.suppress(OSError):
                    sockets.add(os.readlink(descriptor))
    lines = [
        line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {
        fields[1].partition(":")[0] for fields in lines if fields[3] == LISTENING and f"socket:[{fields[9]}]" in sockets
    }
