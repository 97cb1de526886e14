"""From a readable submission to a registration that can be entered: identity, permission, and what its pack says."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from services.intake.domain import Finding, Registration
from services.intake.policy.moments import impossible_moments
from services.intake.policy.sampling import household_of
from services.intake.service.frames import Frame, Frames
from services.intake.service.personal import contact_of, sealed
from services.intake.service.sender import Sender
from services.intake.service.submission import Parsed, Submission
from shared import ids
from shared.errors import FieldError, Invalid, Unavailable
from shared.events.complaints import ComplaintRegisteredV1
from shared.events.records import ComplaintTextV1
from shared.policy import fact_values
from shared.policy.findings import nearest
from shared.policy.pack import Pack
from shared.reference.book import Reference
from shared.reference.directory import Directory
from shared.secrets import KeyRing
from shared.telemetry.tracing import traceparent_of_current


class Registrar:
    """Judges submissions against the organisation, the pack in force and the clock."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._frames = Frames()

    def judge(self, parsed: Parsed, sender: Sender, reference: Reference, now: datetime) -> Registration:
        """The registration of a submission. Raises Invalid naming every field at fault, OutOfScope, or Unavailable
        while no organisation is known."""
        body = parsed.body
        if not reference.directory.nodes:
            raise Unavailable
        identity = sender.identity(body)
        errors = [identity] if isinstance(identity, FieldError) else []
        if not is_project(body.project, reference.directory):
            raise Invalid(*errors, FieldError("/project", "unknown_project"))
        sender.demand(parsed, reference.directory)
        if parsed.history and body.received_at is None:
            raise Invalid(*errors, FieldError("/received_at", "missing"))
        received_at = body.received_at or now
        errors += _of_findings(impossible_moments(received_at, body.occurred_at, now))
        frame, local = self._frames.of(reference, body.project, received_at)
        facts, building = _judge_names(body, frame, reference.directory, errors)
        if errors or isinstance(identity, FieldError):
            raise Invalid(*errors[:20])
        source, source_id = identity
        contact = contact_of(body.reporter)
        return Registration(
            id=ids.complaint_id(source, source_id),
            source=source,
            source_id=source_id,
            digest=parsed.digest,
            data=ComplaintRegisteredV1(
                number="",
                project=body.project,
                building=building,
                contact_type=body.contact_type or frame.usual_type,
                channel=body.channel,
                segment=facts.get("segment", body.segment),
                first_receiver=body.first_receiver,
                category=body.category,
                facts=facts,
                received_at=received_at,
                happened_at=body.occurred_at,
                reporter_hash=self._ring.hash_reporter(contact.name, contact.phone),
                household_hash=self._household(body),
                anonymous=body.reporter.anonymous,
                contactable=bool(contact.phone or contact.email),
                language=body.reporter.language,
                pack=frame.pack_pin,
                calendar=frame.calendar_pin,
                source=source,
                mode="history" if parsed.history else "live",
            ),
            text=ComplaintTextV1(
                project=body.project,
                title=body.title or None,
                narrative=body.narrative,
                unit=body.unit or None,
                reporter=sealed(contact, body.reporter, self._ring),
            ),
            pack=frame.pack,
            received_local=local,
            numbered_in=local.year if frame.numbers_by_year else 0,
            actor=sender.principal.actor,
            roles=sender.principal.roles,
            way=sender.way,
            traceparent=traceparent_of_current(),
        )

    def _household(self, body: Submission) -> str | None:
        """Whoever wants to stay unknown is not known by their household either."""
        if not body.unit or body.reporter.anonymous:
            return None
        return self._ring.hash_household(body.project, household_of(body.unit))

    def frame(self, reference: Reference, project: str, at: datetime) -> Frame:
        """What governs complaints of a project received at `at`."""
        return self._frames.of(reference, project, at)[0]


def is_project(code: str, directory: Directory) -> bool:
    """Whether complaints may be about this node: a project that is run."""
    node = directory.nodes.get(code)
    return node is not None and node.kind == "project" and node.active


def _judge_names(
    body: Submission, frame: Frame, directory: Directory, errors: list[FieldError]
) -> tuple[dict[str, Any], str | None]:
    """The facts and the building; what is wrong is added to `errors`."""
    errors += unless_one_of("/contact_type", body.contact_type, frame.contact_types)
    errors += unless_one_of("/channel", body.channel, frame.channels)
    errors += unless_one_of("/segment", body.segment, frame.segments)
    errors += unless_one_of("/category", body.category, frame.categories)
    facts, wrong = judge_facts(frame.pack, body.facts)
    errors += wrong
    # Packs ask for the segment as a fact; callers may say it at either place, but not two things.
    if body.segment in frame.segments and facts.setdefault("segment", body.segment) != body.segment:
        errors.append(FieldError("/facts/segment", "contradicts", {"other": "/segment"}))
    building = body.building
    if building is None:
        building = _building_of(body.unit, body.project, directory)
    elif not _is_building(building, body.project, directory):
        errors.append(FieldError("/building", "unknown_building"))
    return facts, building


def judge_facts(pack: Pack, given: object) -> tuple[dict[str, Any], list[FieldError]]:
    """The valid facts, and what is wrong with the others."""
    facts, wrong = pack.validate_facts(given)
    return facts, [_of_fact(error, pack) for error in wrong]


def _building_of(unit: str | None, project: str, directory: Directory) -> str | None:
    """The building a unit such as `3-1-502` stands in, if the organisation knows it."""
    code = f"{project}-{(unit or '').partition('-')[0].strip()}"
    return code if _is_building(code, project, directory) else None


def _is_building(code: str, project: str, directory: Directory) -> bool:
    node = directory.nodes.get(code)
    return node is not None and node.kind == "building" and directory.is_within(code, project)


def unless_one_of(pointer: str, value: str | None, known: Sequence[str]) -> list[FieldError]:
    """What is wrong with a value that must be one of `known`, if it is given."""
    if value is None or value in known:
        return []
    if not known:
        return [FieldError(pointer, "not_used_here")]
    if meant := nearest(value, known):
        return [FieldError(pointer, "not_one_of_meant", {"expected": list(known), "meant": meant})]
    return [FieldError(pointer, "not_one_of", {"expected": list(known)})]


def _of_findings(findings: Iterable[Finding]) -> list[FieldError]:
    return [FieldError(finding.pointer, finding.code, finding.params) for finding in findings]


_CODES = {
    "must_be_object": "not_object",
    "must_be_bool": "not_boolean",
    "must_be_int": "not_whole",
    "must_be_fen": "not_whole",
    "must_be_text": "not_text",
    "must_be_list": "not_list",
    "must_be_instant": "not_an_instant",
    "must_be_date": "not_a_date",
}


def _of_fact(error: fact_values.FieldError, pack: Pack) -> FieldError:
    """What the pack found wrong with a fact, in our codes; what the caller wrote is left out."""
    pointer, params = f"/facts{error.pointer}", error.params
    match error.code:
        case "unknown_fact" if params.get("meant"):
            return FieldError(pointer, "misspelt", {"meant": params["meant"]})
        case "unknown_fact":
            asked = [name for name, fact in pack.document.facts.items() if fact.ask == "intake"]
            return FieldError(pointer, "unknown_fact", {"expected": asked})
        case "fact_not_given_here":
            return FieldError(pointer, "fact_not_given_here")
        case "not_allowed":
            return FieldError(pointer, "not_one_of", {"expected": params["values"]})
        case "too_small":
            return FieldError(pointer, "too_small", {"min": params["limit"]})
        case "too_great":
            return FieldError(pointer, "too_large", {"max": params["limit"]})
        case "text_too_long":
            return FieldError(pointer, "too_long", {"max": params["limit"]})
    return FieldError(pointer, _CODES.get(error.code, "impossible"))
