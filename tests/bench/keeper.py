"""Runs a command until its own standard input ends, that is until whoever started it has gone in whatever way.

`python -I -S keeper.py COMMAND…`: then the command gets SIGTERM, and SIGKILL if it stays longer than 20 s. Ends with
the command's exit code. Imports the standard library only, so that starting through it costs next to nothing.
"""

import os
import signal
import subprocess
import sys
import threading

PATIENCE_S = 20.0


def main(command: list[str]) -> int:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        threading.Thread(target=_end_after_input, args=(child,), daemon=True).start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: child.terminate())
        return child.wait()


def _end_after_input(child: "subprocess.Popen[bytes]") -> None:
    while os.read(0, 4096):
        pass
    child.terminate()
    try:
        child.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
