"""The rooms of a service: the names its files may have, and which of them decide without touching the world."""

EDGES = {"api", "pages", "handlers"}
ROOMS = {*EDGES, "main", "settings", "service", "domain", "policy", "storage", "tables", "metrics"}
DIRECTORIES = {"migrations", "templates"}

# Nouns that one service has beside the common rooms, each with what it is for. A common room that grew too long
# becomes a package of its own name (`policy/severity.py`) and needs no entry.
OWN_ROOMS = {
    "intake": dict[str, str](),
    "routing": {
        "classify": "suggests a category from the words of a complaint",
        "directory": "the tree of organisation, people and their duties",
        "incidents": "cases that belong together",
    },
    "sla": {
        "calendar": "working time as this service counts it",
        "ledger": "the segments of a clock",
        "pauses": "what standing still does to a limit",
        "schedule": "the instants around a limit: warning, levels, cadence",
        "wording": "the sentences that explain a ledger",
        "life": "what a case's life does to its clocks",
        "monitor": "waits for due instants",
        "duty_keeper": "waits for what begins and ends by the calendar",
        "recalculator": "moves open cases to the calendar in force",
        "gauges": "counts of open clocks, kept fresh",
    },
    "notify": {
        "channels": "the ways to reach people",
        "render": "notices in words",
        "budget": "how many notices a person gets",
    },
    "reporting": {
        "projections": "events to read models",
        "queries": "figures from read models",
        "reports": "documents made of figures",
        "gauges": "rendered metrics, kept fresh",
    },
}

# Rooms that decide or describe: standard library, values and each other, nothing else.
PURE = {"domain", "policy"}
OWN_PURE = {"sla": {"calendar", "life", "pauses", "schedule"}}


def pure_rooms(service: str | None) -> set[str]:
    """Return the rooms of `service` that must not know the world."""
    return PURE | OWN_PURE.get(service or "", set())
