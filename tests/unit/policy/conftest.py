"""The default pack, loaded once, and a case as the services know it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack
from shared.policy.situation import Context

REGISTERED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 9:00 in China


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(default_pack_text())


def context(**known: Any) -> Context:
    """A complaint registered at 9:00 and asked at 10:00, unless told otherwise."""
    usual: dict[str, Any] = {
        "now": datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
        "registered_at": REGISTERED,
        "contact_type": "complaint",
    }
    return Context(**{**usual, **known})
