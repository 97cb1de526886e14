"""Files that nobody else may read: written whole or not at all, mode 0600."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_private(path: Path, content: Any) -> None:
    """Replace `path` by `content` as JSON."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_private(path: Path) -> Any:
    """What `write_private` wrote, None where there is nothing yet."""
    return json.loads(path.read_text()) if path.exists() else None
