"""Tables of any kind: the first, the gravest, the only row that holds, all that do; and what each waits for."""

from functools import cache
from typing import Any

import pytest

from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack
from shared.policy.verdicts import Contradiction, Verdict, decide
from tests.unit.policy.conftest import context

TABLES = """
  teams:
    hit: all
    assume: {zh: 例, en: example}
    rows:
      - {give: lawyers, when: "'possible_lawsuit' in events"}
      - {give: press, when: "'possible_media' in events"}
      - {give: finance, when: "amount_claimed > yuan(1000)"}
  path:
    hit: unique
    assume: {zh: 例, en: example}
    rows:
      - {give: crowd, when: "amount_claimed >= yuan(10)"}
      - {give: pair, when: "amount_claimed >= yuan(2) && amount_claimed < yuan(10)"}
      - {give: alone}
  urgency:
    hit: gravest
    order: [now, soon, later]
    when: "contact_type == 'complaint'"
    assume: {zh: 例, en: example}
    rows:
      - {give: soon, when: "people >= 2"}
      - {give: now, when: "amount > yuan(1000)"}
      - {give: later}
  order_of_work:
    hit: first
    assume: {zh: 例, en: example}
    rows:
      - {give: handle_first, when: "amount_claimed >= yuan(5)"}
      - {give: investigate_first}
"""


@cache
def regime() -> Pack:
    return load_pack(default_pack_text().replace("\nsteps:\n", f"{TABLES}\nsteps:\n", 1))


def ask(name: str, facts: dict[str, Any], **known: Any) -> Verdict:
    return decide(regime(), name, facts, {}, context(**known))


def test_all_takes_every_row_that_surely_holds_and_waits_for_the_others() -> None:
    verdict = ask("teams", {"events": ["possible_media", "possible_lawsuit"]})
    assert verdict.values == ("lawyers", "press")
    assert verdict.missing_facts == ("amount_claimed",)
    assert ask("teams", {"events": [], "amount_claimed": 200_000}).values == ("finance",)
    none = ask("teams", {"events": [], "amount_claimed": 0})
    assert (none.values, none.missing_facts) == ((), ())


@pytest.mark.parametrize(("fen", "value"), [(199, "alone"), (200, "pair"), (999, "pair"), (1000, "crowd")])
def test_the_only_row_that_holds(fen: int, value: str) -> None:
    verdict = ask("path", {"amount_claimed": fen})
    assert (verdict.values, verdict.inputs) == ((value,), {"amount_claimed": fen})


def test_the_only_row_waits_for_what_would_decide_it() -> None:
    verdict = ask("path", {})
    assert (verdict.value, verdict.missing_facts) == (None, ("amount_claimed",))


def test_two_rows_of_which_only_one_may_hold_are_a_fault() -> None:
    pack = load_pack(default_pack_text().replace("\nsteps:\n", f"{TABLES}\nsteps:\n", 1))
    table = pack.tables["teams"]
    doubled = type(table)("teams", "unique", table.rows, table.names, table.rank)
    pack.__dict__["tables"] = {**pack.tables, "teams": doubled}
    with pytest.raises(Contradiction, match="lawyers, press"):
        decide(pack, "teams", {"events": ["possible_media", "possible_lawsuit"]}, {}, context())


def test_any_table_tells_what_may_still_be_graver() -> None:
    verdict = ask("urgency", {"people": 3})
    assert verdict.value == "soon"
    assert [(each.value, "amount_claimed" in each.missing_facts) for each in verdict.may_be] == [("now", True)]
    assert "now" in verdict.may_be[0].reason.en


def test_a_decision_that_need_not_be_made_says_nothing() -> None:
    assert ask("urgency", {"people": 3}, contact_type="repair").values == ()


def test_the_first_row_waits_where_an_unknown_fact_decides() -> None:
    assert ask("order_of_work", {}).missing_facts == ("amount_claimed",)
    assert ask("order_of_work", {"amount_claimed": 500}).value == "handle_first"
    assert ask("order_of_work", {"amount_claimed": 499}).value == "investigate_first"
