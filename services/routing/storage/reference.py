"""What routing itself has published: nodes, people, keys, packs."""

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.delivery import statements as sql


class PublishedRecords:
    """The newest version of each published record."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_kind(self, topic: str, kind: str) -> dict[str, bytes]:
        """Bodies by key: all `node:…`, `person:…` and so on."""
        bounds = {"topic": topic, "prefix": f"{kind}:", "prefix_end": f"{kind};"}
        return {row.key: row.body for row in await self._connection.execute(sql.RECORDS_BY_KIND, bounds)}
