"""Records who answers for handling a case, for its cause, for its delay: by an event of the pack, or by hand."""

from services.routing.domain import Attribution, CaseFile
from services.routing.policy.assigning import is_department
from services.routing.policy.attributing import attributed, left_of, names_nobody, share_of
from services.routing.service import bodies
from services.routing.service.desk import Desk
from services.routing.service.docket import ROUTING, Docket
from shared.clock import format_instant
from shared.errors import Conflict, invalid
from shared.events.attributions import CaseAttributedV1
from shared.events.cases import Words
from shared.policy.attributing import AttributionSpec, attributions_of
from shared.policy.holding import holders_of
from shared.policy.situation import Situation
from shared.policy.tables import rules_of
from shared.values import replace


def attribute_by_event(docket: Docket, file: CaseFile, name: str) -> tuple[CaseFile, CaseAttributedV1 | None]:
    """The case with the attribution that an event calls for, and its event; None where nothing is left of the whole,
    or it stands so already."""
    regime = docket.regime(file)
    spec = attributions_of(regime.pack)[name]
    made = _made(docket, file, spec, ROUTING)
    share = share_of(spec, regime.facts_of(file))
    left = left_of(file, made)
    made = replace(made, share=left if share is None else min(share, left))
    told = any(replace(each, at=made.at, by=made.by) == made for each in file.attributions)
    if made.share <= 0 or told:
        return file, None
    return attributed(file, made), _event(made, spec)


async def attribute(desk: Desk, body: bodies.Attribute) -> None:
    """By hand. Raises Invalid, and Conflict where its condition surely does not hold."""
    known = attributions_of(desk.regime.pack)
    spec = known.get(body.attribution)
    if spec is None:
        raise invalid("/attribution", "not_one_of", expected=sorted(known))
    situation = Situation(
        desk.regime.pack, desk.regime.facts_of(desk.file), desk.file.measures,
        desk.regime.context_of(desk.file, desk.now),
    )  # fmt: skip
    if situation.holds(desk.regime.pack.conditions.get(spec.when)) is False:
        raise Conflict("nothing_to_attribute", members={"attribution": spec.name, "rule": list(rules_of(spec.rule))})
    made = _named(desk, spec, _made(desk.docket, desk.file, spec, desk.actor), body)
    share = share_of(spec, desk.regime.facts_of(desk.file))
    if share is None and body.share is None:
        raise invalid("/share", "missing")
    if share is not None and body.share not in (None, share):
        raise invalid("/share", "not_one_of", expected=[str(share)])
    made, left = replace(made, share=share or body.share or 0), left_of(desk.file, made)
    if not 0 < made.share <= left:
        raise invalid("/share", "too_large", max=left)
    if body.text:
        desk.write(body.text)
    desk.file = attributed(desk.file, made)
    desk.say(_event(made, spec))
    desk.note("attributed", line_of(made))


def line_of(made: Attribution) -> dict[str, object]:
    """What the timeline says of it."""
    return {"attribution": made.name, "share": made.share, "answers": [made.person, made.department, made.party]}


def _made(docket: Docket, file: CaseFile, spec: AttributionSpec, by: str) -> Attribution:
    """To whoever has the case, or to whoever alone holds the role."""
    person, department = None, None
    if spec.party == "person":
        person = file.person
    elif spec.party == "department":
        department = file.department
    elif not names_nobody(spec.party):
        pack = docket.regime(file).pack
        holders = holders_of(spec.party, file, pack, docket.directory)
        person = holders[0] if len(holders) == 1 else None
        department = spec.party if is_department(spec.party, pack) else None
    at, rule = format_instant(docket.now), rules_of(spec.rule)
    return Attribution(spec.name, spec.kind, spec.party, person, department, 0, rule, at, by)


def _named(desk: Desk, spec: AttributionSpec, made: Attribution, body: bodies.Attribute) -> Attribution:
    """As the body names them. Raises Invalid."""
    pack, tree = desk.regime.pack, desk.docket.directory
    if body.person is not None:
        if names_nobody(spec.party) or spec.party == "department":
            raise invalid("/person", "unknown")
        if body.person not in tree.people:
            raise invalid("/person", "person_unknown")
        holders = None if spec.party == "person" else holders_of(spec.party, desk.file, pack, tree)
        if holders is not None and body.person not in holders:
            raise invalid("/person", "not_one_of", expected=list(holders) or ["none"])
        made = replace(made, person=body.person)
    if body.department is not None:
        if spec.party not in ("department", "person"):
            raise invalid("/department", "unknown")
        if not is_department(body.department, pack):
            known = [name for name in pack.document.roles if is_department(name, pack)]
            raise invalid("/department", "not_one_of", expected=known)
        made = replace(made, department=body.department)
    if spec.party == "person" and made.person is None:
        raise invalid("/person", "missing")
    if spec.party == "department" and made.department is None:
        raise invalid("/department", "missing")
    return made


def _event(made: Attribution, spec: AttributionSpec) -> CaseAttributedV1:
    return CaseAttributedV1(
        attribution=made.name,
        kind=made.kind,
        party=made.party,
        person=made.person,
        department=made.department,
        share=made.share,
        penalty=Words(zh=spec.penalty.zh, en=spec.penalty.en) if spec.penalty else None,
        rule=made.rule,
    )
