"""Notify's wiring."""

from services.notify.api import roster_routes, routes
from services.notify.channels.apprise import AppriseChannel, is_address
from services.notify.channels.file import FileChannel
from services.notify.domain import ChannelName
from services.notify.handlers import subscription
from services.notify.metrics import NotifyMetrics
from services.notify.service.composing import Composer
from services.notify.service.intending import Intending
from services.notify.service.ledger import Ledger
from services.notify.service.rosters import Rosters
from services.notify.service.sending import Sender
from services.notify.settings import NotifySettings
from shared.core import Core, Service
from shared.errors import CannotStart


def create_service(core: Core) -> Service:
    """Notify. Raises CannotStart for a customer's address template that cannot work."""
    settings = NotifySettings()
    customer_url = settings.customer_url.get_secret_value() if settings.customer_url else None
    if customer_url is not None:
        _check(customer_url)
    composer = Composer(core.book, core.ring, customer_url)
    metrics = NotifyMetrics(core.metrics.registry)
    channels = (FileChannel(core.settings.home / "notices.jsonl"), AppriseChannel(settings.timeout_s))
    senders = [Sender(core.database, channel, composer, metrics) for channel in channels]
    ledger = Ledger(core.database, core.book, senders)
    intending = Intending(core.book, ChannelName.APPRISE if customer_url else ChannelName.FILE)
    return Service(
        core=core,
        subscription=subscription(intending),
        routers=[routes(ledger, core.database), roster_routes(Rosters(core.book, intending), core.database)],
        background=senders,
        figures=ledger.figures,
    )


def _check(customer_url: str) -> None:
    """A template that names nobody, or that Apprise cannot read, would fail with every notice: say so at the start."""
    example = customer_url.replace("{phone}", "%2B8613800000000").replace("{email}", "a%40example.com")
    if example == customer_url or not is_address(example):
        raise CannotStart("notify_customer_url")
