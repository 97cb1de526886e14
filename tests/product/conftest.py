"""One running product for the whole session; tests that kill it start their own."""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.stack import EmbeddedStack
from tests.deploy.processes_of import processes_of
from tests.product.collector import Collector
from tests.product.complaints import complaints
from tests.product.installation import STOPPED_WITHIN_S, Installation


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Whatever traces the product records; it records all of them."""
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="session")
def product(collector: Collector) -> Iterator[Installation]:
    """The product, started once, shared by all tests of this folder, stopped in an orderly way."""
    with _room() as directory:
        installation = Installation(directory, HUIYIN_TELEMETRY__OTLP=collector.url, HUIYIN_TELEMETRY__SAMPLE="1")
        installation.start()
        yield installation
        assert installation.stop() < STOPPED_WITHIN_S


@pytest.fixture(scope="module")
def others(product: Installation) -> Iterator[None]:
    """Complaints sent before, between and after the bad input of a file of tests all arrive."""
    mark = uuid4().hex[:8]
    first = send(product, f"{mark}-before")
    yield
    last = send(product, f"{mark}-after")
    product.settle()
    for case in (*first, *last):
        assert product.get(f"/routing/v1/cases/{case}")["state"] == "assigned"


def send(product: Installation, prefix: str) -> list[str]:
    answers = [product.post("/intake/v1/complaints", body) for body in complaints(prefix, 3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    return [answer.json()["id"] for answer in answers]


@pytest.fixture
def victim() -> Iterator[Installation]:
    """An installation of a test's own, not started yet; the test must leave nothing running."""
    with _room() as directory:
        yield Installation(directory)


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """A directory; whatever still runs for it at the end is stopped, and is a failure unless there was one before."""
    directory = Path(tempfile.mkdtemp(prefix="huiyin-product-"))
    directory.chmod(0o711)  # PostgreSQL passes through as another user where we are root
    try:
        yield directory
        left = processes_of(directory)
        assert not left
    finally:
        for number in processes_of(directory):  # nothing that would not stop may keep whoever waits for our output
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        EmbeddedStack(directory / "home").stop()
        if "HUIYIN_TEST_KEEP" not in os.environ:  # set it to look at the logs of what failed
            shutil.rmtree(directory, ignore_errors=True)
