"""Loopback ports: kept from start to start, replaced when somebody else has taken them."""

import random
import socket
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections, so that none of those is in our way.
LOWEST, HIGHEST = 20000, 31999


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of the loopback interface now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def kept_port(path: Path) -> int:
    """Return the port written in `path` if it is free, else another free one, written there."""
    kept = written_port(path)
    if kept is not None and is_free(kept):
        return kept
    port = free_port()
    path.write_text(str(port))
    return port


def free_port() -> int:
    """Return a port that is free, and that no outgoing connection takes meanwhile."""
    candidates = random.sample(range(LOWEST, HIGHEST + 1), 200)
    return next(port for port in candidates if is_free(port))


def written_port(path: Path) -> int | None:
    """Return the port written in `path`, or None when nothing readable is."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
