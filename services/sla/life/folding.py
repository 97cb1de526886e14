"""What each event does to a case file. Total: every state of a case answers every event, and never refuses it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.sla.life import changing, starting
from services.sla.life.case import Case, CaseState, Pin
from services.sla.life.climbing import climb_by_event
from services.sla.life.file import CaseFile
from services.sla.life.happenings import Happening, happening_of
from services.sla.life.reckoning import when_told
from services.sla.life.regime import Regime, Rule
from services.sla.life.terms import TERMS, learn_terms
from shared.events.cases import CaseClosedV1, CaseReopenedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintRegisteredV1, ComplaintWithdrawnV1
from shared.events.envelope import Event
from shared.values import replace

BEGINNING = ("registered", "admitted")
"""What happens again when a case is reopened: whatever runs from these runs anew, from the reopening."""

_HANDOVER = "unit.collective_handover"
_ENDINGS = frozenset({"closed", "withdrawn"})


def case_of(event: Event, data: ComplaintRegisteredV1, regime: Regime, handover: str | None = None) -> Case:
    """The case that a registration opens. handover: of the building, as the directory has it."""
    given = {name: handover for name, fact in regime.pack.document.facts.items() if fact.from_ == _HANDOVER}
    told = {"segment": data.segment, **given}
    return Case(
        id=event.case,
        project=data.project,
        pack=Pin(data.pack.code, data.pack.version),
        calendar=Pin(data.calendar.code, data.calendar.version),
        received_at=data.received_at,
        arisen_at=data.happened_at,
        contact_type=data.contact_type,
        channel=data.channel,
        contactable=data.contactable,
        anonymous=data.anonymous,
        history=data.mode == "history",
        facts=_asked({**{name: value for name, value in told.items() if value is not None}, **data.facts}, regime),
    )


def fold(file: CaseFile, event: Event) -> None:
    """Do to the case and its clocks what `event` says."""
    data, at, cause = event.data, event.occurred_at, str(event.id)
    state = file.case.state
    if state is CaseState.ERASED:
        return
    if isinstance(data, ComplaintErasedV1):
        _end(file, CaseState.ERASED, at, cause)
    elif state is CaseState.WITHDRAWN:
        return
    elif isinstance(data, CaseReopenedV1):
        _reopen(file, data.round, at, cause)
    elif isinstance(data, TERMS):
        rules = learn_terms(file, data, at)
        happening = happening_of(data, file.regime.follow_ups)
        _happen(file, happening, at, cause)
        if file.case.is_open:
            _reckon_terms(file, rules, at, cause, happening.because)
        elif file.case.state is CaseState.CLOSED:
            _adjust(file, rules, at, cause, happening.because)
    else:
        _happen(file, happening_of(data, file.regime.follow_ups), at, cause)
        if isinstance(data, ComplaintRegisteredV1):
            starting.begin_ages(file, at, cause)
        elif isinstance(data, ComplaintWithdrawnV1):
            _end(file, CaseState.WITHDRAWN, at, cause)
        elif isinstance(data, CaseClosedV1):
            _end(file, CaseState.CLOSED, at, cause)
            _start(file, "closed", at, cause, repeated=False)


def _happen(file: CaseFile, happening: Happening, at: datetime, cause: str) -> None:
    before = file.case
    _learn(file, happening, at)
    ending = not _ENDINGS.isdisjoint(happening.names)
    for name in happening.names:
        repeated, runs = name in before.happened, happening.runs_of(name)
        _remember(file, name, at)
        _stop(file, name, at, cause, runs)
        if name in file.regime.orders:
            _obey(file, file.regime.orders[name], name, at, cause)
        if file.case.is_open and not ending:
            _keep(file, name, at, cause)
            _start(file, name, at, cause, repeated=repeated, runs=runs)
            climb_by_event(file, name, at, cause)
        elif file.case.state is CaseState.CLOSED and _goes_on(file, name):
            _start(file, name, at, cause, repeated=repeated, runs=runs)
    if file.case.is_open and not ending:
        _review(file, happening, at, cause)
        _restart_if_regraded(file, before, at, cause)


def _obey(file: CaseFile, rule: Rule, order: str, at: datetime, cause: str) -> None:
    """Start or cancel a clock because a reaction of the pack says so; one that runs already goes on as it is."""
    running = [watched for watched in file.of(rule.name) if watched.is_open]
    if order.endswith(".cancelled"):
        for watched in running:
            changing.cancel(file, watched, at, cause, "ordered")
    elif not running and file.case.state in (CaseState.OPEN, CaseState.CLOSED):
        starting.begin(file, rule, at, at, cause)


def _goes_on(file: CaseFile, name: str) -> bool:
    """Whether it is an event of the work that outlives a closed case, such as a follow-up (R-004-06/r01)."""
    part = name.partition(".")[0]
    return part in file.regime.pack.document.steps or part in file.regime.pack.document.settlements


def _stop(file: CaseFile, name: str, at: datetime, cause: str, runs: Sequence[int] = ()) -> None:
    """Of several departments that are asked at once each has its own limit, which its own answer stops."""
    for rule in file.regime.stops.get(name, ()):
        present = file.of(rule.name)
        own = [watched for watched in present if watched.clock.occurrence in runs] if rule.spec.from_step else []
        waited = [key for key, _, run in starting.waiting(file, rule) if run in runs or not runs]
        for key in waited:
            starting.forget(file, key)
        for watched in own or ([] if waited else present):
            if not rule.spec.repeats:
                changing.stop(file, watched, at, cause)
            elif watched.is_open:
                changing.cancel(file, watched, at, cause, name)


def _keep(file: CaseFile, name: str, at: datetime, cause: str) -> None:
    for rule in file.regime.keeps.get(name, ()):
        changing.keep(file, rule, at, cause)
    for rule in file.regime.rearms.get(name, ()):
        if file.of(rule.name) and not starting.runs_as_told(file, rule):
            _rearm(file, rule, at, cause)


def _rearm(file: CaseFile, rule: Rule, at: datetime, cause: str) -> None:
    """Begin the next occurrence at `at`. What was missed by then stands beside it, without climbing any further; what
    still ran is cancelled."""
    for watched in file.of(rule.name):
        if starting.is_missed(watched, at):
            file.put(replace(changing.breach(file, watched, at, cause), climbs=False))
        elif watched.is_open:
            changing.cancel(file, watched, at, cause, "rearmed")
    starting.begin(file, rule, at, at, cause)


def _start(file: CaseFile, name: str, at: datetime, cause: str, *, repeated: bool, runs: Sequence[int] = ()) -> None:
    """The first start of a round counts, until the clock is over and the very same thing happens again; of a step's own
    limit each piece of work."""
    for rule in file.regime.starts.get(name, ()):
        present = file.of(rule.name)
        if rule.spec.from_step and runs:
            for run in sorted(set(runs) - {watched.clock.occurrence for watched in present}):
                if starting.begin(file, rule, at, at, cause, run) is None:
                    starting.wait(file, rule, run, at)
            continue
        if any(watched.is_open for watched in present) or (present and not repeated):
            continue
        if (started_at := starting.starting_instant(file, rule)) is not None:
            starting.begin(file, rule, started_at, at, cause)


def _learn(file: CaseFile, happening: Happening, at: datetime) -> None:
    case = file.case
    facts = _asked(happening.facts, file.regime)
    moved = [name for name in facts if name in file.regime.aheads and case.facts.get(name) != facts[name]]
    if facts or happening.decided or happening.response or happening.reply_channel:
        file.case = replace(
            case,
            facts={**case.facts, **facts},
            happened={**case.happened, **{when_told(name): at for name in moved}} if moved else case.happened,
            decided={**case.decided, **happening.decided},
            customer_response=happening.response or case.customer_response,
            reply_channel=happening.reply_channel or case.reply_channel,
            talks=case.talks + (happening.response is not None and happening.response != "accepted"),
        )


def _asked(facts: Mapping[str, object], regime: Regime) -> dict[str, object]:
    return {name: value for name, value in facts.items() if name in regime.facts}


def _remember(file: CaseFile, name: str, at: datetime) -> None:
    if name in file.regime.events:
        file.case = replace(file.case, happened={**file.case.happened, name: at})


def _review(file: CaseFile, happening: Happening, at: datetime, cause: str) -> None:
    """Ask again what may have changed: whether clocks run, how long, and which ages to wait for."""
    learned = happening.learned
    for rule in file.regime.rules.values():
        counted = not rule.counts.isdisjoint(learned)
        if rule.asks.isdisjoint(learned) and rule.spec.due_at not in learned and not counted:
            continue
        present = file.of(rule.name)
        running = [watched for watched in present if watched.is_open]
        if counted and running:
            starting.count_or_rest(file, rule, at, at)
        holds = starting.verdict(file, rule, at)
        for watched in running:
            if holds is False:
                changing.cancel(file, watched, at, cause, "condition")
            elif watched is present[-1] and starting.is_told_anew(file, rule, watched, at):
                _rearm(file, rule, at, cause)
            else:
                changing.adjust(file, rule, watched, at, cause, happening.because)
        if holds and not running:
            starting.begin_owed(file, (rule,), at, cause)
    for age in file.regime.ages.values():
        if age.ageing.fact in happening.facts:
            starting.begin_age(file, age, at, cause)


def _reckon_terms(file: CaseFile, rules: Sequence[Rule], at: datetime, cause: str, because: str) -> None:
    """What was agreed, set, extended or suspended moves clocks that run and lets begin what waited for it."""
    _adjust(file, rules, at, cause, because)
    starting.begin_owed(file, rules, at, cause)


def _adjust(file: CaseFile, rules: Sequence[Rule], at: datetime, cause: str, because: str) -> None:
    for rule in rules:
        for watched in file.of(rule.name):
            if watched.is_open:
                changing.adjust(file, rule, watched, at, cause, because)


def _restart_if_regraded(file: CaseFile, before: Case, at: datetime, cause: str) -> None:
    first, then = before.decided.get("grade"), file.case.decided.get("grade")
    if first is None or first == then or file.regime.pack.document.on_regrade.clocks != "restart":
        return
    for watched in file.open_clocks():
        if rule := file.regime.rules.get(watched.clock.name):
            changing.restart(file, rule, watched, at, cause)


def _end(file: CaseFile, state: CaseState, at: datetime, cause: str) -> None:
    """No clock outlives its case; what follows a closed one begins later. What only clocks needed to know goes with
    an erased one."""
    for watched in file.open_clocks():
        changing.cancel(file, watched, at, cause, state.value)
    erased = state is CaseState.ERASED
    file.case = replace(file.case, state=state, facts={} if erased else file.case.facts)


def _reopen(file: CaseFile, round_: int, at: datetime, cause: str) -> None:
    """A new round: its clocks run from the reopening, whatever the old ones came to."""
    for watched in file.open_clocks():
        changing.cancel(file, watched, at, cause, "reopened")
    file.case = replace(
        file.case,
        state=CaseState.OPEN,
        round=max(round_, file.case.round),
        happened={},
        customer_response=None,
        reply_channel=None,
        talks=0,
        agreed={},
        set={},
        extensions=(),
        rests=tuple(rest if rest.to else rest._replace(to=max(at, rest.from_)) for rest in file.case.rests),
    )
    _happen(file, Happening(("reopened", *BEGINNING)), at, cause)
    starting.begin_ages(file, at, cause)
