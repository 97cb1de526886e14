"""A case as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.routing.api.timeline import render_entry
from services.routing.domain import Attribution, CaseFile
from services.routing.service.reading import CaseView, WorkView
from shared.events.cases import Words
from shared.policy.attributing import attributions_of
from shared.texts.catalogue import Language


class ValidityPart(BaseModel):
    value: str
    provisional: bool = Field(description="presumed by the pack until a person confirms or corrects it")
    rule: str
    reason: Words


class CategoryPart(BaseModel):
    code: str
    provisional: bool
    matched: Sequence[str] = Field(description="keywords of the pack that suggested it")


class PossibleGradePart(BaseModel):
    value: str
    missing: Sequence[str] = Field(description="facts that would decide it")
    reason: Words


class GradePart(BaseModel):
    value: str
    rule: str
    reason: Words
    may_be: Sequence[PossibleGradePart] = Field(description="graver grades that unknown facts may still bring")


class DecisionPart(BaseModel):
    """Whatever else the pack decides."""

    values: Sequence[str]
    provisional: bool
    rule: str
    reason: Words
    inputs: dict[str, Any] = Field(description="the known values it looked at")
    missing: Sequence[str] = Field(description="facts it waits for")


class KeeperPart(BaseModel):
    """until: `replied` or `closed`; ended: it has come to that."""

    role: str
    person: str | None
    until: str
    ended: bool


class LinkPart(BaseModel):
    """A record started from the case."""

    name: str
    process: str | None
    at: str
    back_at: str | None
    successor: UUID | None = Field(description="the complaint that goes on where this one ends")


class WorkPart(BaseModel):
    """A step or a settlement of the case."""

    run: str = Field(description="its name in the pack, with .2, .3 … where it was opened again")
    text: str
    state: str
    role: str | None
    person: str | None
    unit: str | None
    opened_at: str
    ended_at: str | None
    result: str | None
    manner: str | None = Field(description="how it is gone about, where the pack says so: visit, call, letter")
    marks: Sequence[str] = Field(description="what has happened to it: received, arrived, approved, paid …")
    rule: str
    acts: Sequence[str] = Field(description="what you may do with it now")
    missing: Sequence[str] = Field(description="what has to be given or to happen before it is done")


class RequiredPart(BaseModel):
    """at: the move at which it must be there."""

    at: str
    needs: Sequence[str]
    rule: str


class AttributionPart(BaseModel):
    """Who answers for what. party: person, department, third_party, customer, or a role; share: in percent. penalty:
    what the pack says follows from it."""

    name: str
    text: str
    kind: str
    party: str
    person: str | None
    department: str | None
    share: int
    penalty: str | None
    rule: str
    at: str
    by: str


class PackPart(BaseModel):
    code: str
    version: int


class GroundPart(BaseModel):
    """A ground for closing. holds: null while one of missing_facts decides. needs: what is not there yet."""

    ground: str
    holds: bool | None
    needs: Sequence[str]
    missing_facts: Sequence[str]
    rule: str
    text: str


class AllowedPart(BaseModel):
    move: str
    needs: Sequence[str] = Field(description="what has to be given with the move")
    grounds: Sequence[GroundPart] | None = Field(None, description="of close: the grounds that hold or may hold")


class WordsPart(BaseModel):
    """What a member of staff wrote; part: the field it stands in, where a move has several."""

    part: str | None
    text: str


class EntryPart(BaseModel):
    at: datetime
    round: int
    code: str
    actor: str
    text: str
    words: Sequence[WordsPart] = Field(description="only for those who may read what is personal")


class CaseItem(BaseModel):
    """A case in a list."""

    id: UUID
    number: str
    project: str
    version: int
    round: int
    state: str
    received_at: datetime
    validity: ValidityPart
    category: CategoryPart
    grade: GradePart
    decisions: dict[str, DecisionPart]
    links: Sequence[LinkPart]
    predecessor: UUID | None = Field(description="the complaint that this one succeeds")
    department: str | None
    person: str | None
    keeper: KeeperPart | None = Field(description="who keeps it as their own, whoever handles it")
    hops: int
    pack: PackPart
    erased: bool


class CaseDocument(CaseItem):
    """The whole case."""

    allowed: Sequence[AllowedPart] = Field(description="moves that you may make now")
    steps: Sequence[WorkPart] = Field(description="the work of the case, oldest first")
    required: Sequence[RequiredPart] = Field(description="what reactions of the pack ask for, while it is missing")
    attributions: Sequence[AttributionPart] = Field(description="who answers for handling, cause and delay")
    timeline: Sequence[EntryPart]
    at: str | None = Field(None, description="after a move: give it as `after` to read what follows from it")


class CasePage(BaseModel):
    items: Sequence[CaseItem]
    next_cursor: str | None


def item_of(file: CaseFile) -> CaseItem:
    """A case for a list."""
    return CaseItem(**_common(file))


def document_of(view: CaseView, language: Language, at: str | None = None) -> CaseDocument:
    """The whole case in a language."""
    return CaseDocument(
        **_common(view.file),
        allowed=[
            AllowedPart(
                move=move.move,
                needs=move.needs,
                grounds=[
                    GroundPart(
                        ground=ground.ground,
                        holds=ground.holds,
                        needs=ground.missing_needs,
                        missing_facts=ground.missing_facts,
                        rule=ground.rule,
                        text=ground.zh if language == "zh" else ground.en,
                    )
                    for ground in move.grounds
                ]
                if move.move == "close"
                else None,
            )
            for move in view.allowed
        ],
        steps=[_work(each, language) for each in view.works],
        required=[RequiredPart(at=each.at, needs=each.needs, rule=", ".join(each.rule)) for each in view.required],
        attributions=[_attribution(each, view, language) for each in view.file.attributions],
        timeline=[
            EntryPart(
                at=entry.occurred_at,
                round=entry.round,
                code=entry.code,
                actor=entry.actor,
                text=render_entry(entry, view, language),
                words=[
                    WordsPart(part=text.move.partition(":")[2] or None, text=text.text)
                    for text in view.words.get(entry.texts_version or 0, ())
                    if text.text
                ],
            )
            for entry in view.timeline
        ],
        at=at,
    )


def _work(view: WorkView, language: Language) -> WorkPart:
    work, spec = view.work, view.spec
    return WorkPart(
        run=work.run,
        text=spec.label(language),
        state=work.state.value,
        role=work.role,
        person=work.person,
        unit=work.unit,
        opened_at=work.opened_at,
        ended_at=work.ended_at,
        result=work.result,
        manner=work.manner,
        marks=work.marks,
        rule=spec.rule,
        acts=view.acts,
        missing=view.missing,
    )


def _attribution(made: Attribution, view: CaseView, language: Language) -> AttributionPart:
    spec = attributions_of(view.regime.pack).get(made.name)
    text = spec.label(language) if spec else made.name
    penalty = spec.penalty.say(language) if spec and spec.penalty else None
    return AttributionPart(**{**asdict(made), "text": text, "penalty": penalty, "rule": ", ".join(made.rule)})


def _common(file: CaseFile) -> dict[str, object]:
    known, standing = file.registration, file.assessment
    return {
        "id": known.id,
        "number": known.number,
        "project": known.project,
        "version": file.version,
        "round": file.round,
        "state": file.state.value,
        "received_at": known.received_at,
        "validity": {**standing.validity.model_dump(), "rule": ", ".join(standing.validity.rule)},
        "category": standing.category.model_dump(),
        "grade": {**standing.grade.model_dump(), "rule": ", ".join(standing.grade.rule)},
        "decisions": {
            name: {**said.model_dump(), "rule": ", ".join(said.rule)} for name, said in file.decisions.items()
        },
        "links": [asdict(link) for link in file.links],
        "predecessor": known.previous_id,
        "department": file.department,
        "person": file.person,
        "keeper": asdict(file.keeper) if file.keeper else None,
        "hops": file.hops,
        "pack": {"code": known.pack.code, "version": known.pack.version},
        "erased": file.erased,
    }
