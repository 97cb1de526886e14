"""`there`: a project under the pack that a file of tests names as PACK."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenarios.story import Story, story


@pytest.fixture
async def there(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    async with story(database_url, tmp_path, request.module.PACK) as made:
        yield made
