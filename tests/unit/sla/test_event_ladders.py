"""Ladders that events climb: a level each time, each level once, beside what late clocks climb."""

from shared.events import cases, complaints
from shared.events.clocks import EscalationRaisedV1
from tests.unit.sla.lives import Life, regime

RECEIVED = "2026-03-09 10:00"  # a Monday
LADDER = {"ladders:\n": "ladders:\n  unhappy: {on: [dissatisfied, fix.breached], levels: [{tell: cs}, {tell: cs_head}, "
          "{tell: regional_leader}], assume: x}\n"}  # fmt: skip
LADDER_KEY = "ladders:\n"
FIX = "fix: {from: registered, until: resolved, within: 1wd, assume: x}"


def raised(life: Life) -> list[tuple[str, int, tuple[str, ...]]]:
    found = [draft.data for draft in life.file.drafts if isinstance(draft.data, EscalationRaisedV1)]
    return [(data.name, data.level, data.roles) for data in found if data.ladder == "unhappy"]


def unhappy(life: Life, at: str) -> None:
    life.tell(complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=2), at)


def test_each_dissatisfaction_climbs_one_level_and_none_twice():
    life = Life.of(regime(replaced={LADDER_KEY: LADDER[LADDER_KEY].replace(", fix.breached", "")}), RECEIVED)
    for hour in range(11, 16):
        unhappy(life, f"2026-03-09 {hour}:00")
    assert raised(life) == [
        ("unhappy", 1, ("cs",)),
        ("unhappy", 2, ("cs_head",)),
        ("unhappy", 3, ("regional_leader",)),
    ]


def test_dissatisfaction_goes_on_from_the_level_a_late_clock_has_climbed():
    pack = regime(FIX, replaced={LADDER_KEY: LADDER[LADDER_KEY].replace("levels:", "each: 5wd, levels:")})
    life = Life.of(pack, RECEIVED)
    life.live_to("2026-03-11 09:00")
    assert raised(life) == [("fix", 1, ("cs",))]
    unhappy(life, "2026-03-11 10:00")
    assert raised(life)[1:] == [("unhappy", 2, ("cs_head",))]


def test_a_new_round_begins_at_the_lowest_level():
    life = Life.of(regime(FIX, replaced=LADDER), RECEIVED)
    unhappy(life, "2026-03-09 11:00")
    life.tell(cases.CaseClosedV1(ground="accepted"), "2026-03-09 12:00")
    life.tell(cases.CaseReopenedV1(round=2, texts_version=1), "2026-03-09 13:00")
    unhappy(life, "2026-03-09 14:00")
    assert [level for _, level, _ in raised(life)] == [1, 1]


def test_history_tells_nobody():
    life = Life.of(regime(FIX, replaced=LADDER), RECEIVED, mode="history")
    unhappy(life, "2026-03-09 11:00")
    assert raised(life) == []
