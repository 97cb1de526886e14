"""Acts on the pieces of work in a case: opened at will, received, done, decided, talked over, failed."""

from typing import Any
from uuid import UUID

from services.routing.domain import CaseFile, Work, WorkState
from services.routing.policy.hearing import answered, happened
from services.routing.policy.regime import Regime
from services.routing.policy.working import (
    ACTS,
    acted,
    acts_of,
    find_run,
    is_open,
    may_work,
    missing_of,
    opened,
    plain,
    specs_of,
)
from services.routing.service import bodies
from services.routing.service.assigning import candidates
from services.routing.service.checking import checked_department, checked_facts
from services.routing.service.deciding import decide_again, set_facts
from services.routing.service.desk import Desk
from services.routing.service.docket import Docket
from services.routing.service.filling import checked_fields, write_fields
from services.routing.service.library import keep_lesson
from services.routing.service.moving import Change, make_change
from services.routing.service.reading import may_act
from services.routing.service.telling import opened_step
from shared.access.permissions import Action, may
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, FieldError, Invalid, NotFound, OutOfScope, invalid
from shared.events.cases import CaseToldV1
from shared.events.steps import CaseStepDoneV1, CaseStepOpenedV1, CaseTaskReceivedV1
from shared.policy.holding import holders_of
from shared.policy.situation import Situation
from shared.policy.tables import rules_of
from shared.policy.work_specs import WorkSpec, form_fields, signers_of
from shared.reference.book import ReferenceBook
from shared.values import replace

_ENDS = frozenset({"done", "approve", "agree"})
"""Acts that need all that a step must leave."""


async def act_on(
    unit: UnitOfWork,
    book: ReferenceBook,
    principal: Principal,
    case: UUID,
    run: str,
    act: str,
    body: bodies.Act,
    *,
    key: str | None = None,
    expected: int | None = None,
) -> CaseFile:
    """Act on a piece of work (`consult`, `consult.2`); returns the case after it. Raises what `make_change` does."""

    def known(file: CaseFile, regime: Regime) -> None:
        if act not in ACTS:
            raise NotFound("move")
        if (run if act == "open" else _name(file, run)) not in specs_of(regime):
            raise NotFound("step")

    def permitted(file: CaseFile, regime: Regime, docket: Docket) -> None:
        if act == "open":
            _demand_opener(docket, regime, file, specs_of(regime)[run], principal)
            return
        work = find_run(file, run)
        spec = specs_of(regime)[_name(file, run)]
        acts = acts_of(work, spec) if work and may_work(file) else ()
        if act not in acts:
            state = work.state.value if work else "not_opened"
            raise Conflict(
                "act_not_allowed",
                {"step": run, "allowed": list(acts) or ["none"]},
                members={"state": state, "allowed": list(acts)},
            )
        assert work is not None  # noqa: S101 -- it permits the act
        if not may_act(principal, file, regime, work, docket.directory, docket.now):
            raise OutOfScope

    async def deed(desk: Desk, body: bodies.Act) -> None:
        await (_open(desk, run, body) if act == "open" else _act(desk, run, act, body))

    change = Change(f"{run}:{act}", Action.WORK_STEP, body, deed, known, permitted)
    return await make_change(unit, book, principal, case, change, key=key, expected=expected)


def _demand_opener(docket: Docket, regime: Regime, file: CaseFile, spec: WorkSpec, principal: Principal) -> None:
    tree = docket.directory
    people = {person for role in spec.openers for person in holders_of(role, file, regime.pack, tree)}
    directs = may(principal, Action.DIRECT_CASE, file.project, tree, accused=file.accused)
    if not directs and principal.actor not in people:
        raise OutOfScope
    situation = Situation(regime.pack, regime.facts_of(file), file.measures, regime.context_of(file, docket.now))
    holds = situation.holds(regime.pack.conditions.get(spec.when))
    if not may_work(file) or holds is False or (not spec.many and is_open(file, spec.name)):
        raise Conflict("act_not_allowed", {"step": spec.name, "allowed": ["none"]}, members={"allowed": []})


async def _open(desk: Desk, name: str, body: bodies.Act) -> None:
    spec = specs_of(desk.regime)[name]
    unit = checked_department(desk, body.department, None) if body.department else None
    desk.file, work = opened(desk.file, desk.regime, spec, desk.docket.directory, desk.now, desk.docket.deal, unit)
    if unit and work.person is None and (people := candidates(desk.docket, replace(desk.file, department=unit), unit)):
        desk.file, work = _given(desk.file, work, people[0])
    if body.text:
        desk.write(body.text)
    desk.say(CaseStepOpenedV1(steps=(opened_step(spec, work),)))
    desk.note("step_opened", {"steps": [work.run]})


def _given(file: CaseFile, work: Work, person: str) -> tuple[CaseFile, Work]:
    given = replace(work, person=person)
    return replace(file, works=tuple(given if each is work else each for each in file.works)), given


async def _act(desk: Desk, run: str, act: str, body: bodies.Act) -> None:
    before, work, spec = desk.file, find_run(desk.file, run), specs_of(desk.regime)[_name(desk.file, run)]
    assert work is not None  # noqa: S101 -- permitted
    fields = _fields_of(desk, spec, work)
    kept = checked_fields(desk, body.fields, fields)
    kept |= {f"signature:{role}": desk.actor for role in _checked_signatures(desk, body.signatures)}
    facts = _checked_facts(desk, spec, body)
    _check_result(spec, work, act, body)
    if act in _ENDS:
        _check_complete(desk, spec, work.part, kept, facts)
    version = write_fields(desk, body.fields, {k: v for k, v in kept.items() if not k.startswith("signature:")})
    if body.text:
        version = desk.write(body.text)
    records = {**desk.file.course.records, **kept, **({spec.name: body.gives} if body.gives else {})}
    desk.file = replace(desk.file, course=replace(desk.file.course, records=records))
    if facts:
        set_facts(desk, facts)
    if body.response:
        desk.file = answered(desk.file, body.response)
    if body.gives:
        desk.file = _with_result(desk.file, work, body.gives)
    work = find_run(desk.file, work.run) or work
    place = work.part
    desk.file, after, names = acted(
        desk.file, desk.regime, spec, work, act, desk.actor, desk.docket.directory, desk.now
    )
    if signed := _signed_form(desk, spec, place, kept):
        desk.file, names = happened(desk.file, signed), (signed, *names)
    if act == "receive":
        desk.say(CaseTaskReceivedV1(step=spec.name, run=work.run, person=desk.actor))
    else:
        desk.say(
            CaseStepDoneV1(
                step=spec.name,
                run=work.run,
                happened=names,
                person=desk.actor,
                part=place,
                gives=body.gives,
                response=body.response,
                records=plain(desk.regime, {k: v for k, v in kept.items() if ":" not in k}),
                filled=tuple(sorted(kept)),
                to=spec.to if after.state is WorkState.DONE else (),
                texts_version=version,
            )
        )
    if spec.to and after.state is WorkState.DONE:
        desk.say(CaseToldV1(to=spec.to, event=f"{spec.name}.done", rule=rules_of(spec.rule)))
    if after.state is WorkState.DONE:
        await keep_lesson(desk, spec, work.run, sorted(kept), version)
    desk.note("step_acted", {"step": work.run, "act": act})
    if facts or body.response:
        await decide_again(desk, before)


def _signed_form(desk: Desk, spec: WorkSpec, part: int | None, kept: dict[str, Any]) -> str | None:
    """The event that the form of the work was signed, where its signature came with the act."""
    name = spec.form if part is None else spec.parts[part].form
    form = desk.regime.pack.document.forms.get(name or "")
    return f"{name}.signed" if form and form.signed_by and f"signature:{form.signed_by}" in kept else None


def _with_result(file: CaseFile, work: Work, result: str) -> CaseFile:
    given = replace(work, result=result)
    return replace(file, works=tuple(given if each is work else each for each in file.works))


def _name(file: CaseFile, run: str) -> str:
    work = find_run(file, run)
    return work.name if work else run


def _fields_of(desk: Desk, spec: WorkSpec, work: Work) -> set[str]:
    part = spec.parts[work.part] if work.part is not None else None
    own = set(form_fields(desk.regime.pack, part.form)) if part and part.form else set(spec.fields)
    return own | {need for need in (part or spec).needs if "." not in need and ":" not in need}


def _checked_signatures(desk: Desk, roles: list[str]) -> list[str]:
    known = signers_of(desk.regime.pack)
    for index, role in enumerate(roles):
        if role not in known:
            raise invalid(f"/signatures/{index}", "not_one_of", expected=sorted(known))
        check_signer(desk, role, f"/signatures/{index}")
    return roles


def check_signer(desk: Desk, role: str, pointer: str) -> None:
    """A customer's signature is written down by whoever has it before them; staff sign themselves. Raises Invalid."""
    if role == "customer":
        return
    if desk.actor not in holders_of(role, desk.file, desk.regime.pack, desk.docket.directory):
        raise invalid(pointer, "not_the_signer")


def _checked_facts(desk: Desk, spec: WorkSpec, body: bodies.Act) -> dict[str, Any]:
    for name in body.facts:
        if name not in spec.sets:
            raise invalid(f"/facts/{name}", "not_one_of", expected=list(spec.sets) or ["none"])
    if body.response and "customer_response" not in spec.sets:
        raise invalid("/response", "unknown")
    return checked_facts(desk.regime.pack, body.facts)


def _check_result(spec: WorkSpec, work: Work, act: str, body: bodies.Act) -> None:
    wants = bool(spec.gives) and act == "done" and work.part is None
    if wants and body.gives not in spec.gives:
        raise invalid("/gives", "not_one_of", expected=list(spec.gives))
    if body.gives and not wants:
        raise invalid("/gives", "unknown")
    if act == "done" and len(set(body.people)) < spec.people and spec.people > 1:
        raise invalid("/people", "too_short", min=spec.people)


def _check_complete(desk: Desk, spec: WorkSpec, part: int | None, kept: dict[str, Any], facts: dict[str, Any]) -> None:
    file = replace(desk.file, facts={**desk.file.facts, **facts})
    missing, first = missing_of(file, desk.regime, spec, part, desk.now, kept)
    if missing:
        raise Invalid(*(FieldError(f"/fields/{name}", "missing") for name in missing))
    if first:
        raise Conflict("step_waits", {"step": spec.name, "needs": list(first)}, members={"needs": list(first)})
