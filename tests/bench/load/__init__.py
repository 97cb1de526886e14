"""Load on an HTTP server from a process of its own, started and listened to here."""

import json
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bench.figures import Percentiles
from tests.bench.processes import Failed, kept, tail
from tests.bench.stage import Stage

PATIENCE_S = 30.0
"""How long the answers still due may take once nothing new is sent."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: `count` requests, or fewer in `seconds`, over kept-alive connections.

    source, projects: whose complaints; none: GET of `path`. lines: complaints a request. first: number of the first.
    warm: requests sent before measuring begins. rate: requests a second, whether answered or not; None: each connection
    sends its next as soon as it is answered.
    """

    port: int
    path: str
    count: int
    seconds: float
    connections: int
    key: str = ""
    source: str = ""
    projects: tuple[str, ...] = ()
    first: int = 0
    lines: int = 1
    warm: int = 0
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back. n, seconds, latencies_ms: of the measured part; statuses: of everything, with one refusal.

    began_at: Unix time of the first request. answered_at: Unix times by request, as many as were answered well.
    With a rate, latencies run from the instant at which a request was due.
    """

    n: int
    seconds: float
    latencies_ms: list[float]
    statuses: dict[str, int]
    refusal: str
    began_at: float
    answered_at: dict[int, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return self.n / self.seconds

    @property
    def latency(self) -> Percentiles:
        return Percentiles.of(self.latencies_ms)


async def send(load: Load, stage: Stage, doing: str, log: Path) -> Answers:
    """Send it all. Raises Failed when anything was refused or left unanswered."""
    stage.tell(doing)
    async with kept([sys.executable, "-m", "tests.bench.load", json.dumps(asdict(load))], log) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            word = json.loads(line)
            if "done" in word:
                stage.count(doing, word["done"], load.count)
            elif "error" in word:
                raise Failed(f"{doing}: {word['error']}")
            else:
                word["answered_at"] = {int(number): at for number, at in word["answered_at"].items()}
                answers = Answers(**word)
                refused = {status: n for status, n in answers.statuses.items() if not status.startswith("2")}
                if refused:
                    raise Failed(f"{doing}: refused {refused}: {answers.refusal}")
                return answers
    raise Failed(f"{doing}: the load ended without a word; {tail(log)}")
