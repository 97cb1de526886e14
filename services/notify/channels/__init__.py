"""Channels: how a rendered notice leaves the house."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from services.notify.domain import ChannelName, Message, Reason


class Channel(Protocol):
    """name: as in the ledger. batch: how many messages at most at a time. lease: within which they surely are over;
    a claim older than this is taken for lost and sent again.

    A digest would be a channel that puts the messages of one recipient together: it is given the whole batch.
    """

    name: ChannelName
    batch: int
    lease: timedelta

    async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
        """Send each message, and say for each why it did not go out, or None. The notice's id is the idempotency key.
        Raises nothing but cancellation for what is wrong with the way out."""
