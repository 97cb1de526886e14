"""The work of a case: what opens, who does it, which acts it permits now, what is still missing before it is done."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.routing.domain import FILLED, CaseFile, State, Work, WorkState
from services.routing.policy.hearing import happened
from services.routing.policy.regime import Regime
from shared.clock import format_instant
from shared.policy.expressions.functions import at
from shared.policy.holding import Posts, holders_of
from shared.policy.moving import still_missing
from shared.policy.situation import Situation
from shared.policy.work_specs import ENDED_BY, EVENTS_OF_ACT, GOES_THERE, Part, WorkSpec, follow_ups_of, works_of
from shared.policy.working import doer_of, is_text, left_by, manner_of, parts_of
from shared.values import replace

ACTS = ("open", "receive", "arrive", "round", "done", "approve", "reject", "agree", "fail")
"""Every act on a piece of work, in the order of its life."""


def specs_of(regime: Regime) -> Mapping[str, WorkSpec]:
    """The steps and settlements of the case's pack."""
    return works_of(regime.pack)


def find_run(file: CaseFile, run: str) -> Work | None:
    """The piece of work called so; a bare name means the first of it while that is open, else the latest."""
    exact = next((work for work in file.works if work.run == run), None)
    if exact is not None and (exact.state is WorkState.OPEN or "." in run):
        return exact
    return next((work for work in reversed(file.works) if work.name == run), None)


def is_open(file: CaseFile, name: str) -> bool:
    """Whether a piece of work of this name is under way."""
    return any(work.name == name and work.state is WorkState.OPEN for work in file.works)


Deal = Callable[[CaseFile, str], str]
"""Whose turn it is by a quota of the pack: of the case, by the measure's name, the role."""


def opened(
    file: CaseFile, regime: Regime, spec: WorkSpec, posts: Posts, now: datetime, deal: Deal, unit: str | None = None
) -> tuple[CaseFile, Work]:
    """The case with this piece of work under way. unit: the department asked, where several may be."""
    before = sum(work.name == spec.name for work in file.works)
    run = spec.name if not before else f"{spec.name}.{before + 1}"
    manner = manner_of(spec, regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, now))
    part = _first_part(file, regime, spec, now)
    work = Work(run, spec.name, format_instant(now), file.round, unit=unit, part=part, manner=manner)
    work = _given_to(file, regime, spec, work, posts, now, deal)
    return happened(file, f"{spec.name}.opened", works=(*file.works, work)), work


def acts_of(work: Work, spec: WorkSpec) -> tuple[str, ...]:
    """The acts this piece of work permits now, whoever asks. What must be received first permits nothing before."""
    if work.state is not WorkState.OPEN:
        return ()
    if spec.receipt and "received" not in work.marks:
        return ("receive",)
    if work.part is not None:
        return ("approve", "reject") if spec.parts[work.part].do == "approve" else ("done",)
    may_arrive = spec.do in GOES_THERE and "arrived" not in work.marks
    more = spec.behaviour == "negotiate" and (spec.rounds is None or work.talks + 1 < spec.rounds)
    ends = ("approve", "reject") if spec.do == "approve" else ENDED_BY[spec.behaviour]
    return (*(("arrive",) if may_arrive else ()), *(("round",) if more else ()), *ends)


def doers_of(file: CaseFile, regime: Regime, spec: WorkSpec, work: Work, posts: Posts, now: datetime) -> frozenset[str]:
    """The people who may act on it: whoever holds the role that does it, and the roles that do it with them."""
    roles = [work.role] if work.role else []
    if work.part is None:
        facts, context = regime.facts_of(file), regime.context_of(file, now)
        situation = Situation(regime.pack, facts, file.measures, context)
        with at(situation.moment):
            roles += [each.role for each in spec.with_ if each.role and situation.answer(each.when)]
    if "customer" in roles:  # what the customer does is written down by whoever has the case
        roles += ["owner", *(name for name, role in regime.pack.document.roles.items() if role.owner)]
    people = {person for role in roles for person in _holders(role, file, regime, work, posts)}
    return frozenset(people) - file.accused


def acted(
    file: CaseFile, regime: Regime, spec: WorkSpec, work: Work, act: str, actor: str, posts: Posts, now: datetime
) -> tuple[CaseFile, Work, tuple[str, ...]]:
    """The case after an act that was permitted, the work as it is then, and what the pack says has happened."""
    if work.part is not None and act in ("done", "approve"):
        return _part_done(file, regime, spec, work, act, actor, posts, now)
    pasts = EVENTS_OF_ACT[act]
    names = tuple(f"{spec.name}.{past}" for past in pasts)
    if spec.returns and act == "done" and spec.form:
        names = (*names, f"{spec.form}.returned")
    after = replace(work, marks=tuple(dict.fromkeys((*work.marks, *pasts))))
    if act == "receive":
        after = replace(after, person=actor)
    if act in ("round", "fail", "agree") and spec.behaviour == "negotiate":
        after = replace(after, talks=work.talks + 1)
        course = replace(file.course, agreement=act == "agree", talks=file.course.talks + (act != "agree"))
        file = replace(file, course=course)
    if act not in ("receive", "arrive", "round"):
        # A refused link ends its chain; a refusal that is a step's own result is a decision like another.
        failed = act == "fail" or (act == "reject" and work.part is not None)
        state = WorkState.FAILED if failed else WorkState.DONE
        after = replace(after, state=state, ended_at=format_instant(now), ended_by=actor)
    return happened(_with(file, work, after), *names), after, names


def called(file: CaseFile, regime: Regime, actor: str, now: datetime) -> CaseFile:
    """The case after the customer was reached: the calls it owed are done (R-001-18/r22)."""
    visited = {work.name for work in file.works if work.manner == "visit" and work.state is WorkState.OPEN}
    names = [name for name in follow_ups_of(regime.pack) if name not in visited]
    owed = [work for work in file.works if work.name in names and work.state is WorkState.OPEN]
    for work in owed:
        done = replace(work, state=WorkState.DONE, marks=("done",), ended_at=format_instant(now), ended_by=actor)
        file = _with(file, work, done)
    return happened(file, *dict.fromkeys(("follow_up.done", *(f"{name}.done" for name in names))))


def missing_of(
    file: CaseFile, regime: Regime, spec: WorkSpec, part: int | None, now: datetime, given: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is not there yet before the work, or this part of its chain, is done: fields that can be given with the act,
    and things that have to happen first. given: the values of fields, and signatures, that come with it (R-001-18/r39).
    """
    pack, facts = regime.pack, regime.facts_of(file)
    asked = spec if part is None else spec.parts[part]
    records = {**file.course.records, **given}
    context = replace(regime.context_of(file, now), records=records)
    if spec.instead and spec.instead in given:
        return (), ()
    left = tuple(name for name in left_by(pack, asked, facts, file.measures, context) if name not in records)
    needs = tuple(need for need in still_missing(asked.needs, pack, facts, context) if need not in left)
    first = tuple(need for need in needs if "." in need or need.startswith("signature:"))
    if isinstance(asked, Part) and asked.signer and f"{asked.form}.signed" not in file.course.happened:
        # Under another form the same person may have signed already: that does not count here.
        signature = f"signature:{asked.signer}"
        first = tuple(dict.fromkeys((*first, *(() if signature in given else (signature,)))))
    if part is None and spec.merges and is_open(file, spec.merges):
        first = (*first, f"{spec.merges}.done")
    return (*left, *(need for need in needs if need not in first)), first


def plain(regime: Regime, records: Mapping[str, Any]) -> dict[str, Any]:
    """The values that may travel with events: all but a person's words."""
    return {name: value for name, value in records.items() if value != FILLED and not is_text(regime.pack, name)}


def may_work(file: CaseFile) -> bool:
    """Whether anything can be done on the case's work at all: what the customer took back is over."""
    return file.state is not State.WITHDRAWN


def _part_done(
    file: CaseFile, regime: Regime, spec: WorkSpec, work: Work, act: str, actor: str, posts: Posts, now: datetime
) -> tuple[CaseFile, Work, tuple[str, ...]]:
    assert work.part is not None  # noqa: S101 -- asked before
    done = spec.parts[work.part].do
    mark = {"approve": "approved", "pay": "paid"}.get(done)
    ahead = [place for place in _parts(file, regime, spec, now) if place > work.part]
    marks = tuple(dict.fromkeys((*work.marks, *([mark] if mark else []), *(() if ahead else ("done",)))))
    names = tuple(f"{spec.name}.{each}" for each in marks if each not in work.marks)
    if ahead:
        after = _given_to(file, regime, spec, replace(work, marks=marks, part=ahead[0]), posts, now)
    else:
        after = replace(work, marks=marks, state=WorkState.DONE, ended_at=format_instant(now), ended_by=actor)
    return happened(_with(file, work, after), *names), after, names


def _with(file: CaseFile, before: Work, after: Work) -> CaseFile:
    return replace(file, works=tuple(after if work is before else work for work in file.works))


def _first_part(file: CaseFile, regime: Regime, spec: WorkSpec, now: datetime) -> int | None:
    return next(iter(_parts(file, regime, spec, now)), None) if spec.parts else None


def _parts(file: CaseFile, regime: Regime, spec: WorkSpec, now: datetime) -> tuple[int, ...]:
    return parts_of(regime.pack, spec, regime.facts_of(file), file.measures, regime.context_of(file, now))


def _given_to(
    file: CaseFile,
    regime: Regime,
    spec: WorkSpec,
    work: Work,
    posts: Posts,
    now: datetime,
    deal: Deal | None = None,
) -> Work:
    if work.part is not None:
        role: str | None = spec.parts[work.part].role
    else:
        doer = doer_of(regime.pack, spec, regime.facts_of(file), file.measures, regime.context_of(file, now))
        role = deal(file, doer.quota) if doer and doer.quota and deal else doer.role if doer else None
    people = [each for each in _holders(role, file, regime, work, posts) if each not in file.accused] if role else []
    person = file.person if file.person in people else people[0] if len(people) == 1 else None
    return replace(work, role=role, person=person)


def _holders(role: str, file: CaseFile, regime: Regime, work: Work, posts: Posts) -> tuple[str, ...]:
    return holders_of(role, file, regime.pack, posts, work.unit)
