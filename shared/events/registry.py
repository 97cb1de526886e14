"""Every event type the product knows, by its name on the wire, and who alone may emit it."""

from shared.events import attributions, cases, clocks, complaints, duties, notices, quotas, steps, surveys, terms
from shared.events.envelope import EventData


def _types(*modules: object) -> list[type[EventData]]:
    return [
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, EventData) and "event_type" in vars(thing)
    ]


_BY_OWNER: dict[str, list[type[EventData]]] = {
    "intake": _types(complaints, surveys),
    "routing": _types(cases, terms, steps, attributions, quotas),
    "sla": _types(clocks, duties),
    "notify": _types(notices),
}

EVENT_TYPES: dict[str, type[EventData]] = {t.event_type: t for types in _BY_OWNER.values() for t in types}
OWNER_OF_TYPE: dict[str, str] = {t.event_type: owner for owner, types in _BY_OWNER.items() for t in types}
KNOWN_NAMES: frozenset[str] = frozenset(name.rpartition(".v")[0] for name in EVENT_TYPES)
