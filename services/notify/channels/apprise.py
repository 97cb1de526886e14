"""The Apprise channel: a recipient's own addresses (mail, text message, chat, webhook), at least once.

A receiver that understands it is given the notice's id as `Idempotency-Key`.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from services.notify.domain import ChannelName, Message, Reason

if TYPE_CHECKING:
    from apprise import AppriseAsset

_AT_ONCE = 16
# These log addresses and answers, in words of their own that no redaction of ours knows; already at the start, when
# a configured address is checked.
for _name in ("apprise", "urllib3", "requests"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class AppriseChannel:
    """Sends to every address of a recipient. The notice counts as sent when one of them took it: another try would
    tell twice whoever was told already."""

    name = ChannelName.APPRISE
    batch = 2 * _AT_ONCE
    lease = timedelta(minutes=5)

    def __init__(self, timeout_s: float) -> None:
        """timeout_s: for one address."""
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="apprise")

    async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
        results = await asyncio.gather(*(self._deliver(message) for message in messages))
        return {message.notice.id: result for message, result in zip(messages, results, strict=True)}

    async def _deliver(self, message: Message) -> Reason | None:
        results = await asyncio.gather(*(self._send(address, message) for address in message.addresses))
        return None if None in results else results[0]

    async def _send(self, address: str, message: Message) -> Reason | None:
        async with self._turns:
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await asyncio.get_running_loop().run_in_executor(self._threads, notify, address, message)
            except TimeoutError:
                return Reason.TIMED_OUT


def notify(address: str, message: Message) -> Reason | None:
    """Send to one address, blocking; why it did not go out, or None."""
    from apprise import Apprise, NotifyFormat

    plugin = Apprise.instantiate(address, asset=_asset())
    if plugin is None:
        return Reason.BAD_ADDRESS
    if isinstance(headers := getattr(plugin, "headers", None), dict):
        headers.setdefault("Idempotency-Key", str(message.notice.id))
    accepted = plugin.notify(title=message.title, body=message.text, body_format=NotifyFormat.TEXT)
    return None if accepted else Reason.NOT_ACCEPTED


def is_address(address: str) -> bool:
    """Whether Apprise can make something of this address."""
    from apprise import Apprise

    return Apprise.instantiate(address, asset=_asset()) is not None


def _asset() -> "AppriseAsset":
    """What Apprise shows of itself: our name, and no pictures from elsewhere. Redirects would take a notice to where
    nobody sent it."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Huiyin",
        app_desc="Huiyin",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        storage_mode="memory",
    )
