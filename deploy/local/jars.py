"""The jars of Apache Kafka: fetched once, and used only when every one is the one we know by its SHA-256.

`python -m deploy.local.jars fetch` installs them; `… list` prints the list for a changed version.
"""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from deploy.local.errors import StackError

KAFKA_VERSION = "4.3.0"
# slf4j-simple writes the broker's warnings and errors to its log; without it a broker that cannot start says nothing.
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
LISTING = Path(__file__).with_name("kafka_jars.sha256")
SHARE = Path(sys.prefix) / "share" / "huiyin"
DIRECTORY = SHARE / f"kafka-{KAFKA_VERSION}"
TRIES = 3


def known_jars(listing: Path = LISTING) -> dict[str, str]:
    """Return the SHA-256 of every jar by its file name, in order of names."""
    pairs = (line.split() for line in listing.read_text().splitlines())
    return dict(sorted((name, digest) for digest, name in pairs))


def check_jars(directory: Path = DIRECTORY, listing: Path = LISTING) -> None:
    """Raise StackError jars_differ unless the jars of `directory` are exactly those of `listing`."""
    known = known_jars(listing)
    found = {path.name: path for path in directory.glob("*.jar")}
    faults = [f"missing: {name}" for name in sorted(known.keys() - found.keys())]
    faults += [f"not ours: {name}" for name in sorted(found.keys() - known.keys())]
    faults += [
        f"changed: {name}" for name in sorted(known.keys() & found.keys()) if _sha256(found[name]) != known[name]
    ]
    if faults:
        raise StackError(
            "jars_differ",
            f"Kafka's jars in {directory} are not the ones listed in {listing}: {'; '.join(faults)}. "
            "Fetch them anew: python -m deploy.local.jars fetch",
        )


def fetch(directory: Path = DIRECTORY) -> None:
    """Download the jars unless they are there; what is downloaded is checked before it takes the place of others.

    Raises StackError: jars_unreachable, jars_differ.
    """
    with contextlib.suppress(StackError):
        check_jars(directory)
        return
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="fetching-") as workshop:
        draft = _download(Path(workshop))
        check_jars(draft)
        shutil.rmtree(directory, ignore_errors=True)
        draft.rename(directory)


def _download(workshop: Path) -> Path:
    os.environ["M2_REPO"] = str(workshop / "repository")  # where jgo keeps what it fetches: never in a home directory
    import jgo  # slow to import, and needed only here

    draft = workshop / "jars"
    for left in reversed(range(TRIES)):
        try:
            paths = [artifact.resolve() for artifact in jgo.resolve(COORDINATES)]
            break
        except Exception as error:  # what it raises is not documented; any of it means the network or the repository
            if not left:
                raise StackError("jars_unreachable", f"Kafka's jars could not be downloaded: {error}") from error
    draft.mkdir()
    for path in paths:
        shutil.copy2(path, draft / path.name)
    return draft


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(action: str) -> None:
    """Fetch the jars, or print the list of those a fresh download gives."""
    if action == "fetch":
        fetch()
    elif action == "list":
        with tempfile.TemporaryDirectory() as workshop:
            for path in sorted(_download(Path(workshop)).iterdir()):
                print(f"{_sha256(path)}  {path.name}")  # noqa: T201
    else:
        sys.exit("usage: python -m deploy.local.jars fetch|list")


if __name__ == "__main__":
    main(*sys.argv[1:])
