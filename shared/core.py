"""What a service is made of: its surroundings (`Core`) and what it does with them (`Service`)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter

from shared.clock import Clock, SystemClock
from shared.database.unit_of_work import Database
from shared.delivery.applying import Applier
from shared.delivery.standing import Standing
from shared.delivery.subscription import Subscription
from shared.reference.book import ReferenceBook
from shared.secrets import KeyRing
from shared.settings import Settings
from shared.stepping import Stepper
from shared.telemetry.exposition import MetricsSource
from shared.telemetry.metrics import ServiceMetrics
from shared.web.authentication import Authenticate, authenticated
from shared.web.body_guard import BodyRule
from shared.web.short_way import Ways

VERSION = version("huiyin")


class Core:
    """What every service is given: its surroundings, before it says what it does with them."""

    def __init__(self, name: str, settings: Settings, clock: Clock | None = None) -> None:
        self.name = name
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.ring = KeyRing.from_settings([key.get_secret_value() for key in settings.seal.keys])
        self.database = Database(
            settings.database.url.get_secret_value(), name, self.clock, pool_size=settings.database.pool
        )
        self.book = ReferenceBook(self.database)
        self.metrics = ServiceMetrics(name)
        self.standing = Standing()
        bootstrap = settings.access.bootstrap_token
        self.authenticate: Authenticate = authenticated(self.book, bootstrap.get_secret_value() if bootstrap else None)


@dataclass
class Service:
    """A service as its `main.py` wires it.

    background: work it does by itself. tasks: what else runs as long as the service does, such as a queue in front of
    the database. routers: its HTTP side, whole paths; short_ways: those of its routes that most requests are for.
    metrics: further sources beside the shared ones. figures: live counts for `huiyin status`, with `waiting`: how much
    work is still to be done by itself.
    """

    core: Core
    subscription: Subscription
    routers: Sequence[APIRouter]
    background: Sequence[Stepper] = ()
    metrics: Sequence[MetricsSource] = ()
    templates: Path | None = None
    body_rules: Sequence[BodyRule] = ()
    tasks: Sequence[Callable[[], Awaitable[None]]] = ()
    short_ways: Ways = field(default_factory=dict)
    figures: Callable[[], Awaitable[dict[str, Any]]] | None = None
    applier: Applier = field(init=False)

    def __post_init__(self) -> None:
        self.applier = Applier(
            self.core.database,
            self.subscription,
            self.core.ring.seal,
            on_dead_letter=self.core.metrics.count_dead_letter,
        )

    @property
    def name(self) -> str:
        return self.core.name
