"""Who may import whom: edges call services, services ask policies and storage, storage alone speaks SQL."""

import sys
from collections.abc import Iterator

import pytest

from tests.architecture.rooms import EDGES, pure_rooms
from tests.architecture.source import SERVICES, Module, broken, modules, parse, within

# What a decision may know: values, time, identifiers, events, and the language packs and calendars are written in.
KNOWN_TO_PURE = ("shared.policy", "shared.calendars", "shared.clock", "shared.ids", "shared.events", "shared.values")
WEB = ("fastapi", "starlette")
KAFKA = ("aiokafka", "faststream")
SQL = ("sqlalchemy", "asyncpg", "alembic")
SQL_ROOMS = {"storage", "tables", "migrations"}
MAIN_IMPORTERS = ("services.cli", "services.runtime", "shared.runtime", "deploy.local")

# room -> (rooms of its own service, foreign packages) it must not import
FORBIDDEN = {
    **dict.fromkeys(EDGES, ({"policy", "tables", "main"}, (*SQL, *KAFKA))),
    "service": ({"main", "tables", *EDGES}, (*SQL, *KAFKA, *WEB)),
    "storage": ({"main", "service", *EDGES}, (*KAFKA, *WEB)),
    "tables": ({"main", "service", "storage", *EDGES}, (*KAFKA, *WEB)),
}


def wrong_layers(module: Module) -> Iterator[str]:
    """Say what `module` of a service imports against its layer."""
    own = f"services.{module.service}"
    rooms, packages = FORBIDDEN.get(module.room, (set(), ()))
    yield from module.imports_any(*(f"{own}.{room}" for room in rooms), *packages)
    pure = pure_rooms(module.service)
    if module.room in pure:
        known = (*KNOWN_TO_PURE, *(f"{own}.{room}" for room in pure), *sys.stdlib_module_names)
        yield from (name for name in module.imports - {own} if not any(within(name, package) for package in known))
    yield from module.imports_any(*(f"services.{other}" for other in SERVICES if other != module.service))


def wrong_clients(module: Module) -> Iterator[str]:
    """Say which client library `module` imports that another room has for itself."""
    speaks_sql = module.service and module.room in SQL_ROOMS
    if not (speaks_sql or any(within(module.name, room) for room in ("shared.database", "shared.delivery"))):
        clients = module.imports_any(*SQL)
        # Of the driver, ids have the kind of UUID alone, which speaks to nobody.
        yield from (name for name in clients if not (module.name == "shared.ids" and within(name, "asyncpg.pgproto")))
    if not within(module.name, "shared.kafka"):
        yield from module.imports_any(*KAFKA)


def wrong_directions(module: Module) -> Iterator[str]:
    """Say what `module` imports that lies above it."""
    mains = module.imports_any(*(f"services.{service}.main" for service in SERVICES))
    if not any(within(module.name, importer) for importer in MAIN_IMPORTERS):
        yield from mains
    if within(module.name, "shared") and not within(module.name, "shared.runtime"):
        yield from module.imports_any("services", "deploy")
    if module.service:
        yield from module.imports_any("deploy", "services.cli", "services.console")
    yield from module.imports_any("tests")
    if module.relative_imports:
        yield "an import by dots"


OURS = modules("services", "shared", "deploy")


def test_a_service_keeps_its_layers_and_meets_others_only_in_events():
    assert broken(wrong_layers, [module for module in OURS if module.service]) == {}


def test_storage_alone_speaks_sql_and_one_room_alone_speaks_kafka():
    assert broken(wrong_clients, OURS) == {}


def test_nothing_imports_what_lies_above_it():
    assert broken(wrong_directions, OURS) == {}


@pytest.mark.parametrize(
    ("rule", "name", "text", "wrong"),
    [
        (wrong_layers, "services.sla.service", "from sqlalchemy import text", "sqlalchemy"),
        (wrong_layers, "services.sla.api", "from services.sla.policy import due", "services.sla.policy"),
        (wrong_layers, "services.sla.storage", "import services.sla.service", "services.sla.service"),
        (wrong_layers, "services.sla.service", "from services import routing", "services.routing"),
        (wrong_layers, "services.sla.policy.ladder", "from services.sla.storage import Row", "services.sla.storage"),
        (wrong_layers, "services.sla.policy", "import pydantic", "pydantic"),
        (wrong_layers, "services.sla.domain", "from shared.kafka import x", "shared.kafka"),
        (wrong_clients, "services.sla.handlers", "import faststream.kafka", "faststream.kafka"),
        (wrong_clients, "shared.web.pages", "def f():\n    import asyncpg", "asyncpg"),
        (wrong_directions, "services.sla.service", "from services.sla import main", "services.sla.main"),
        (wrong_directions, "shared.access.keys", "import services", "services"),
        (wrong_directions, "shared.access.keys", "from .principal import Principal", "an import by dots"),
    ],
)
def test_the_rules_notice_a_wrong_import(rule, name, text, wrong):
    assert wrong in list(rule(parse(name, text)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "services.sla.policy",
            "import datetime\nfrom shared.policy import loading\nfrom services.sla import domain",
        ),
        ("services.sla.handlers", "from services.sla.service import Sla\nfrom services.sla.storage import SlaStorage"),
        ("services.sla.storage", "from sqlalchemy import text\nfrom services.sla.domain import Clock"),
    ],
)
def test_the_rules_let_a_right_import_pass(name, text):
    module = parse(name, text)
    assert not [*wrong_layers(module), *wrong_clients(module), *wrong_directions(module)]
