"""`huiyin policy try|apply`: open cases under another version of their pack, page by page, told as one."""

from collections import Counter
from typing import Any

from services.console.client import Client, language
from services.console.output import say
from services.console.trying import SHOWN, local_time, print_table, progress_bar
from shared.texts.catalogue import render

CASES_A_PAGE = 200
EFFECTS = ("newly_breached", "relieved", "earlier", "later", "begun", "cancelled")


def try_version(client: Client, pack: str, version: int) -> dict[str, Any]:
    """What moving the open cases would do: `pack version cases by_project items`.

    cases: as routing judges each. by_project, items: what sla makes of those that would move.
    """
    cases: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    counted: dict[str, Counter[str]] = {}
    for page in _pages(client, pack, version, dry_run=True):
        cases += page
        moving = [{"case": each["case"], **each["known"]} for each in page if each["moves"]]
        if not moving:
            continue
        trial = client.post("/sla/v1/packs:try", json={"pack": pack, "version": version, "cases": moving})
        items += trial["items"]
        for row in trial["by_project"]:
            counted.setdefault(row["project"], Counter()).update({effect: row[effect] for effect in EFFECTS})
    projects = [{"project": project, **{e: counted[project][e] for e in EFFECTS}} for project in sorted(counted)]
    return {"pack": pack, "version": version, "cases": _told(cases), "by_project": projects, "items": items}


def apply_version(client: Client, pack: str, version: int) -> dict[str, Any]:
    """Move the open cases: `pack version cases`. Interrupted, it goes on when it is called again."""
    cases = [each for page in _pages(client, pack, version, dry_run=False) for each in page]
    return {"pack": pack, "version": version, "cases": _told(cases)}


def print_cases(found: dict[str, Any]) -> None:
    """For people: how many move, which of them get another grade, and which stay and why; then the limits."""
    cases = found["cases"]
    moves = [each for each in cases if each["moves"]]
    tried = "by_project" in found
    code = "console.rules_tried" if tried else "console.rules_applied"
    say(code, pack=found["pack"], version=found["version"], moved=len(moves), stayed=len(cases) - len(moves))
    shown = [each for each in cases if not each["moves"] or each["old_grade"] != each["new_grade"]]
    if shown:
        print_table(("number", "project", "old_grade", "new_grade", "stays"), map(_row, shown[:SHOWN]))
    if tried and found["by_project"]:
        columns = ("project", *EFFECTS)
        print_table(columns, ([str(row[name]) for name in columns] for row in found["by_project"]))
        numbers = {each["case"]: each["number"] for each in cases}
        print_table(
            ("effect", "project", "number", "clock", "old_due", "new_due"),
            (_clock_row(each, numbers) for each in found["items"][:SHOWN]),
        )
    elif tried and moves:
        say("console.nothing_moves")
    if len(shown) > SHOWN or len(found.get("items", ())) > SHOWN:
        say("console.more_rows", shown=SHOWN)


def _pages(client: Client, pack: str, version: int, *, dry_run: bool) -> Any:
    """The judged cases of each page."""
    cursor: str | None = None
    with progress_bar("console.trying" if dry_run else "console.moving") as advance:
        while True:
            body = {"pack": pack, "version": version, "dry_run": dry_run, "limit": CASES_A_PAGE, "cursor": cursor}
            page = client.post("/routing/v1/packs:apply", json=body)
            advance(len(page["items"]), None)
            yield page["items"]
            if (cursor := page["next_cursor"]) is None:
                return


def _told(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what only sla needs to know."""
    return [{name: value for name, value in each.items() if name != "known"} for each in cases]


def _row(case: dict[str, Any]) -> list[str]:
    stays = "; ".join(each["text"] for each in case["obstacles"])
    return [case["number"], case["project"], case["old_grade"], case["new_grade"] if case["moves"] else "", stays]


def _clock_row(item: dict[str, Any], numbers: dict[str, str]) -> list[str]:
    effect = render(f"console.column.{item['effect']}", language())
    number = numbers.get(item["case"], item["case"])
    instants = [local_time(item[name]) for name in ("old_due_at", "new_due_at")]
    return [effect, item["project"], number, item["label"][language()], *instants]
