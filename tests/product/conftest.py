"""One running product for the whole session; tests that kill it start their own."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import EmbeddedStack
from tests.deploy.processes_of import processes_of
from tests.product.collector import Collector
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
        EmbeddedStack(directory / "home").stop()
        if "HUIYIN_TEST_KEEP" not in os.environ:  # set it to look at the logs of what failed
            shutil.rmtree(directory, ignore_errors=True)
