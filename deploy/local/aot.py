"""Makes Java's ahead-of-time cache for the broker, which halves the time of every start.

`python -m deploy.local.aot` runs a broker once in a throw-away home. Without the cache all works, only slower.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.jars import DIRECTORY
from deploy.local.kafka import EmbeddedKafka, cache_of, java_options, java_program


def make_cache(jar_directory: Path = DIRECTORY) -> None:
    """Make the cache beside the jars unless a usable one is there; it appears whole or not at all.

    Raises StackError process_failed when Java makes none that it accepts.
    """
    cache = cache_of(jar_directory)
    if cache.exists() and _usable(cache, jar_directory):
        return
    cache.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=jar_directory.parent, prefix="training-") as home:
        trained = Path(home) / cache.name
        broker = EmbeddedKafka(Path(home), jar_directory=jar_directory, training=trained)
        broker.start()
        broker.stop()  # Java writes the cache when it ends
        if not (trained.exists() and _usable(trained, jar_directory)):
            raise StackError("process_failed", "Java made no usable ahead-of-time cache; Kafka will start more slowly.")
        trained.replace(cache)


def _usable(cache: Path, jar_directory: Path) -> bool:
    command = [str(java_program()), "-XX:AOTMode=on", *java_options(jar_directory, cache), "-version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    try:
        make_cache()
    except StackError as error:
        sys.stderr.write(f"{error}\n")
