"""`python -m deploy.local start|stop|status|hold --home DIR`: the database and the broker without the services."""

import argparse
import json
import shutil
import sys
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.stack import EmbeddedStack


def main() -> int:
    """Run one action and print one line of JSON; 0 done, 1 failed, 3 not running."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status", "hold"])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--throw-away", action="store_true", help="no fsync; `hold` removes the home at its end")
    parser.add_argument("--postgres-binaries", type=Path, help="another PostgreSQL's directory of programs")
    given = parser.parse_args()
    stack = EmbeddedStack(given.home, durable=not given.throw_away, postgres_binaries=given.postgres_binaries)
    try:
        return {"start": _start, "stop": _stop, "status": _status, "hold": _hold}[given.action](stack, given.throw_away)
    except StackError as error:
        _print({"error": error.code, "detail": str(error)})
        return 1


def _start(stack: EmbeddedStack, _: bool) -> int:
    stack.start()  # the children outlive us: the next `start` adopts them, `stop` ends them
    _print({"database": stack.postgres.url(), "bootstrap": stack.kafka.bootstrap})
    return 0


def _stop(stack: EmbeddedStack, _: bool) -> int:
    stack.stop()
    return 0


def _status(stack: EmbeddedStack, _: bool) -> int:
    running = {"postgres": stack.postgres.running(), "kafka": stack.kafka.running()}
    where = {"database": stack.postgres.url(), "bootstrap": stack.kafka.bootstrap} if all(running.values()) else {}
    _print({**where, "running": running})
    return 0 if where else 3


def _hold(stack: EmbeddedStack, throw_away: bool) -> int:
    """Keep the stack until our standard input ends, that is until whoever started us has gone, in whatever way."""
    try:
        with stack:
            _print({"database": stack.postgres.url(), "bootstrap": stack.kafka.bootstrap})
            sys.stdin.read()
    finally:
        if throw_away:
            shutil.rmtree(stack.home)
    return 0


def _print(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
