"""Where a line belongs: the same file names in every service, one clock, pages short enough to read."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.rooms import DIRECTORIES, OWN_ROOMS, ROOMS
from tests.architecture.source import ROOT, SERVICES, Module, broken, modules, parse, within

LONGEST = 300
DATABASE_CLOCK = re.compile(
    r"\b(now|(clock|statement|transaction)_timestamp|timeofday)\s*\(\s*\)|\b(current_|local)(timestamp|date|time)\b",
    re.IGNORECASE,
)
SYSTEM_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
SQL_WORDS = re.compile(r"\b(select|insert|update|delete|create|alter|where|values|default|set)\b", re.IGNORECASE)


def clocks_asked(module: Module) -> Iterator[str]:
    """Say where `module` asks the system or the database what time it is, instead of being told."""
    yield from (name for name in module.attributes if name in SYSTEM_CLOCK)
    yield from (name for name in module.attributes if re.fullmatch(r"func\.(now|current_\w+|localtime\w*)", name))
    yield from (text for text in module.strings if DATABASE_CLOCK.search(text) and _is_sql(text))


def _is_sql(text: str) -> bool:
    return bool(SQL_WORDS.search(text)) or DATABASE_CLOCK.fullmatch(text.strip()) is not None


OURS = modules("services", "shared", "deploy")
ALL = [*OURS, *modules("tests")]


def test_the_clock_is_asked_in_one_place():
    assert set(broken(clocks_asked, OURS)) == {"shared.clock"}


def test_no_sql_file_asks_the_database_for_the_time():
    asking = [path for path in ROOT.glob("s*/**/*.sql") if DATABASE_CLOCK.search(path.read_text())]
    assert not asking


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_rooms_that_every_service_has(service: str):
    own = f"services.{service}"
    rooms = {module.room for module in OURS if within(module.name, own)}
    assert rooms - ROOMS - DIRECTORIES - OWN_ROOMS[service].keys() == {"__init__"}


def test_every_module_says_what_it_is_for():
    silent = [module.name for module in ALL if module.text.strip() and not ast.get_docstring(module.tree)]
    assert silent == []


def test_every_module_is_short_enough_to_read():
    lengths = {module.name: len(module.text.splitlines()) for module in ALL}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize(
    "text",
    [
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import date\nx = date.today()",
        "import time\nx = [time.time]",
        'SQL = "select * from clock where due_at < now()"',
        'SQL = f"update clock set seen = CURRENT_TIMESTAMP where id = {1}"',
        'x = {"server_default": "now()"}',
        "import sqlalchemy as sa\nx = sa.func.now()",
    ],
)
def test_the_rule_notices_a_clock(text: str):
    assert list(clocks_asked(parse("services.sla.storage", text)))


@pytest.mark.parametrize(
    "text",
    [
        '"""Not asked: now()."""',
        "x = clock.now()",
        'x = "select * from clock where due_at < :now"',
        'PROBLEM = "the time now() is not known"',
    ],
)
def test_the_rule_lets_a_told_time_pass(text: str):
    assert not list(clocks_asked(parse("services.sla.storage", text)))
