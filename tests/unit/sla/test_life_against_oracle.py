"""Whatever happens to a case, and in whatever order, its clocks come to what the whole tale says they must."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, event, given, settings

from services.sla.calendar import WorkingCalendar
from services.sla.life.recomputing import Told, change_rules, recompute
from services.sla.life.regime import Regime
from shared.events import cases, terms
from shared.events.envelope import EventData
from shared.policy.pack import Pack
from shared.values import replace
from tests.unit.sla.examples import SHANGHAI
from tests.unit.sla.lives import Life, regime
from tests.unit.sla.tale_ends import End, ends_of
from tests.unit.sla.tales import Deed, Layers, Limits, Tale, tales

FIX = "fix: {from: registered, until: resolved, within: 3wd, assume: x}"
AFTER = "after: {from: closed, until: follow_up.done, within: 3wd, assume: x}"
CONFIRM = "confirm: {from: visit_at.set, until: confirmed.set, due_at: visit_at, ahead: 1wd, assume: x}"
EVERY = '{pick: [{within: 1wd, when: "pressing"}, {within: 1w}]}'
TELL = f"tell: {{from: registered, until: closed, every: {EVERY}, met_by: progressed, assume: x}}"
PRESSING = "pressing: {zh: 紧急, en: pressing, bool: true, decide: cs, unknown_as: false, assume: x}"
CONFIRMED = "confirmed: {zh: 已确认, en: confirmed, bool: true, decide: cs, assume: x}"
SAID: dict[str, EventData] = {
    "resolved": cases.CaseResolvedV1(texts_version=1),
    "closed": cases.CaseClosedV1(ground="accepted"),
    "called": cases.CaseFollowedUpV1(reached=True, satisfied=None, texts_version=1),
    "suspended": terms.CaseSuspendedV1(cause="customer_away"),
    "progressed": cases.CaseProgressedV1(texts_version=1),
    "confirmed": cases.CaseFactSetV1(facts={"confirmed": True}),
    "resumed": terms.CaseResumedV1(),
}


@cache
def pack(*, dated: bool) -> Pack:
    visit = f"visit_at: {{zh: 上门, en: visit, {'date' if dated else 'instant'}: true, decide: cs, assume: x}}"
    pausing = {"pause: {causes: none": "pause: {causes: [customer_away]"}
    return regime(FIX, AFTER, CONFIRM, TELL, facts=(visit, CONFIRMED, PRESSING), replaced=pausing).pack


def rules(tale: Tale, limits: Limits, layers: Layers, version: int) -> Regime:
    """The pack with these limits, on this calendar."""
    document = pack(dated=tale.dated).document
    within = {name: {"within": str(getattr(limits, name))} for name in ("fix", "after")}
    within["confirm"] = {"ahead": str(limits.confirm)}
    rows = [{"within": str(limits.tell_often), "when": "pressing"}, {"within": str(limits.tell)}]
    within["tell"] = {"every": {"pick": rows}}
    clocks = {
        name: type(clock).model_validate(clock.model_dump(by_alias=True) | within.get(name, {}))
        for name, clock in document.clocks.items()
        if name in within
    }
    named = {"day": tale.count.day, "start_day": tale.count.start_day, "working_day": tale.count.working_day}
    changed = {"clocks": clocks, "version": version, "ladders": {}, "count": document.count.model_copy(update=named)}
    new = replace(pack(dated=tale.dated), document=document.model_copy(update=changed))
    return Regime.of(new, WorkingCalendar.compile(layers.flat))


def lived(tale: Tale) -> Life:
    """The tale as the product lives it, event by event, the monitor looking whenever something is due."""
    limits, layers, version = tale.limits, tale.layers, 1
    life = Life.of(rules(tale, limits, layers, version), shown(tale.received), ZoneInfo(layers.base.zone))
    for deed in tale.deeds:
        life.live_to(shown(deed.at))
        life.file.now = deed.at
        if deed.what in ("rules", "calendar"):
            version += 1
            limits = deed.value if deed.what == "rules" else limits
            layers = deed.value if deed.what == "calendar" else layers
            new = rules(tale, limits, layers, version)
            if deed.what == "rules":
                change_rules(life.file, new, deed.at, "cause", Told("4", {}, tuple(life.file.case.happened)))
            else:
                recompute(life.file, new, deed.at, "cause", "calendar")
        else:
            life.tell(said(deed, life), shown(deed.at))
    life.live_to(shown(tale.until))
    return life


def said(deed: Deed, life: Life) -> EventData:
    if deed.what == "pressing":
        return cases.CaseFactSetV1(facts={"pressing": deed.value})
    if deed.what == "visit_set":
        return cases.CaseFactSetV1(facts={"visit_at": deed.value.isoformat() if deed.value else None})
    reopened = cases.CaseReopenedV1(round=life.file.case.round + 1, texts_version=1)
    return reopened if deed.what == "reopened" else SAID[deed.what]


def shown(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(tales())
def test_every_clock_of_a_case_comes_to_what_its_whole_tale_says(tale: Tale):
    life = lived(tale)
    for deed in tale.deeds:
        event(deed.what)
    expected = ends_of(tale)
    came = {}
    for watched in life.file.clocks.values():
        clock = watched.clock
        if (place := (clock.name, clock.round, clock.occurrence)) not in expected:
            assert clock.name not in ("fix", "after", "confirm", "tell"), f"{place} should never have begun"
            continue
        still = expected[place].due is None
        came[place] = End(clock.state.value, None if still else clock.due_at, clock.breached_at is not None)
    assert came == expected


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(tales())
def test_the_ledger_tells_each_end_once(tale: Tale):
    """However often rules and calendars change: a breach is said once more than it is taken back, or as often."""
    life = lived(tale)
    for watched in life.file.clocks.values():
        lines = [line.what for line in life.file.lines if line.clock == watched.clock.id]
        assert lines[0] == "started"
        assert lines.count("breached") - lines.count("revoked") == (watched.clock.breached_at is not None)
        # A stop in time that comes after the breach takes it back and is the end, in one line.
        ends = lines[-1] in ("met", "cancelled", "reached") or (lines[-1] == "revoked" and bool(watched.clock.met_at))
        assert ends == (not watched.is_open)
