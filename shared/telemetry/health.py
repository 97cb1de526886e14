"""Alive and ready: what load balancers, supervisors and people ask first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from shared.clock import monotonic

_log = structlog.get_logger(__name__)

# A check returns None when all is well, or a code that says what is not. An exception and a timeout have codes too.
Check = Callable[[], Awaitable[str | None]]

POLL_LIMIT_SECONDS = 30.0
_TIMEOUT_SECONDS = 2.0
# Probes of several watchers within this time share one answer.
_FRESH_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Readiness:
    """The outcome of all checks: None for a check that passed, otherwise its reason code."""

    version: str
    reasons: Mapping[str, str | None]

    @property
    def ready(self) -> bool:
        return all(reason is None for reason in self.reasons.values())

    def document(self) -> dict[str, Any]:
        """`{"ready","version","checks":{"database":{"ok":true},"broker":{"ok":false,"reason":"timeout"}}}`."""
        checks = {
            name: {"ok": True} if reason is None else {"ok": False, "reason": reason}
            for name, reason in self.reasons.items()
        }
        return {"ready": self.ready, "version": self.version, "checks": checks}


class HealthBoard:
    """The named checks of one service: broker, database, consumer, reference."""

    def __init__(
        self,
        version: str,
        checks: Mapping[str, Check],
        timeout: float = _TIMEOUT_SECONDS,
        time: Callable[[], float] = monotonic,
    ) -> None:
        """timeout: seconds for each check. time: seconds of the monotonic clock."""
        self.version = version
        self._time = time
        self._checks = dict(checks)
        self._timeout = timeout
        self._latest: Readiness | None = None
        self._judged_at = 0.0
        self._judging = asyncio.Lock()

    async def readiness(self) -> Readiness:
        """Run all checks at once, each for at most the timeout."""
        async with self._judging:
            if self._latest is None or self._time() - self._judged_at > _FRESH_SECONDS:
                reasons = await asyncio.gather(*(self._judge(name, check) for name, check in self._checks.items()))
                latest = Readiness(self.version, dict(zip(self._checks, reasons, strict=True)))
                if self._latest is None or latest.ready != self._latest.ready:
                    _log.info("readiness", ready=latest.ready, reasons={k: v for k, v in latest.reasons.items() if v})
                self._latest = latest
                self._judged_at = self._time()
            return self._latest

    async def _judge(self, name: str, check: Check) -> str | None:
        try:
            async with asyncio.timeout(self._timeout):
                return await check()
        except TimeoutError:
            return "timeout"
        except Exception as error:  # noqa: BLE001  a check that fails in any way is a failed check
            _log.warning("check failed", check=name, exc_info=error)
            return "failed"


class PollWatch:
    """Whether the consumer still polls: a client may sit idle after a broker's restart without any error."""

    def __init__(self, limit: float = POLL_LIMIT_SECONDS, time: Callable[[], float] = monotonic) -> None:
        """limit: seconds without a poll that are too many. time: seconds of the monotonic clock."""
        self._limit = limit
        self._time = time
        self._joined = False
        self._partitions = 0
        self._polled_at = time()

    def assigned(self, partitions: int) -> None:
        """The group has answered with so many partitions; none is well, too: another member has them."""
        self._joined = True
        self._partitions = partitions
        self._polled_at = self._time()

    def polled(self) -> None:
        """The consumer asked for records, whether it got any or not."""
        self._polled_at = self._time()

    def age(self) -> float:
        """Seconds since the last poll; 0 while nothing is assigned."""
        return self._time() - self._polled_at if self._partitions else 0.0

    async def check(self) -> str | None:
        """`not_joined` before the first assignment, `not_polled` when assigned but not polled within the limit."""
        if not self._joined:
            return "not_joined"
        return "not_polled" if self.age() > self._limit else None
