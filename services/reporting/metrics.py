"""Reporting's metrics: backlog, overdue, durations. Rendered when the figures change, not when they are scraped.

With 2,000 projects there are tens of thousands of series; the client library would take the better part of a second for
them at every scrape. The text is made once per change, and its cost does not depend on the number of cases.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from services.reporting.domain import ENDED, CountKey
from shared.telemetry.exposition import Family

_HOUR, _DAY = 3600.0, 86400.0
# From reception to reply or close: hours at first, then the days around 5, 10 and 15 working days.
BOUNDS = (
    _HOUR, 4 * _HOUR, 8 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 5 * _DAY, 7 * _DAY, 10 * _DAY, 14 * _DAY, 21 * _DAY,
    30 * _DAY, 60 * _DAY,
)  # fmt: skip

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def bucket_of(seconds: float) -> int:
    """Index of the smallest bound that is not below `seconds`; len(BOUNDS) for +Inf."""
    return bisect_left(BOUNDS, seconds)


def render(counts: Counter[CountKey], durations: Mapping[tuple[str, int], tuple[int, float]]) -> list[Family]:
    """All families of the present figures; cells of zero are left out."""
    backlog: Counter[tuple[str, str, str]] = Counter()
    overdue: Counter[tuple[str, str]] = Counter()
    open_of: Counter[str] = Counter()
    late_of: Counter[str] = Counter()
    for key, cases in counts.items():
        if key.state not in ENDED:
            backlog[key.project, key.grade, key.state] += cases
            open_of[key.project] += cases
            if key.overdue:
                overdue[key.project, key.grade] += cases
                late_of[key.project] += cases
    return [
        _gauge(
            "huiyin_backlog_cases",
            "Cases not closed",
            (f'project="{_text(p)}",grade="{_text(g)}",state="{_text(s)}"}} {n}' for (p, g, s), n in backlog.items()),
        ),
        _gauge(
            "huiyin_overdue_cases",
            "Open cases with an unmet promise to the customer that ran out",
            (f'project="{_text(p)}",grade="{_text(g)}"}} {n}' for (p, g), n in overdue.items()),
        ),
        _gauge(
            "huiyin_overdue_ratio",
            "Overdue cases as a share of the backlog",
            (f'project="{_text(p)}"}} {late_of[p] / n:.6g}' for p, n in open_of.items() if n),
        ),
        _histogram("huiyin_reporting_reply_duration_seconds", "From reception to the first reply", "reply", durations),
        _histogram("huiyin_reporting_close_duration_seconds", "From reception to closing", "close", durations),
    ]


def _text(label: str) -> str:
    return label.translate(_ESCAPES)


def _header(name: str, meaning: str, kind: str) -> bytes:
    return f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n".encode()


def _gauge(name: str, meaning: str, samples: Iterable[str]) -> Family:
    lines = "".join(sorted(f"{name}{{{sample}\n" for sample in samples))
    return Family(name, _header(name, meaning, "gauge"), lines.encode())


def _histogram(name: str, meaning: str, kind: str, durations: Mapping[tuple[str, int], tuple[int, float]]) -> Family:
    by_bucket: dict[int, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    by_bucket.update({bucket: cell for (of, bucket), cell in durations.items() if of == kind})
    lines, total = [], 0
    for index, bound in enumerate(BOUNDS):
        total += by_bucket[index][0]
        lines.append(f'{name}_bucket{{le="{bound:g}"}} {total}\n')
    total += by_bucket[len(BOUNDS)][0]
    lines.append(f'{name}_bucket{{le="+Inf"}} {total}\n')
    lines.append(f"{name}_sum {sum(seconds for _, seconds in by_bucket.values()):g}\n")
    lines.append(f"{name}_count {total}\n")
    return Family(name, _header(name, meaning, "histogram"), "".join(lines).encode())
