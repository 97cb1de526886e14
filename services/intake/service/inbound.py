"""Complaints from the inbound topic: the same pipeline, refusals become dead letters."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile

from opentelemetry.trace import SpanKind

from services.intake.domain import Registration, Result, Way
from services.intake.metrics import IntakeMetrics
from services.intake.service.accepting import accept
from services.intake.service.registering import Registrar
from services.intake.service.sender import Sender
from services.intake.service.submission import ReporterBody, Submission, parse
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.dead_letters import Letter, Seal, bury
from shared.errors import FieldError, Malformed, Refused, Unavailable, invalid
from shared.events.codec import Incoming
from shared.reference.book import Reference, ReferenceBook
from shared.telemetry.metrics import ServiceMetrics
from shared.telemetry.tracing import span_from

_FIELDS = frozenset({*Submission.model_fields, *ReporterBody.model_fields})
_INDEX = re.compile(r"[0-9]{1,4}")


class OrganisationUnknown(ConnectionError):
    """No organisation has reached us yet: an outage, for the records are as good as any and must come again."""


class Inbound:
    """Applies batches of inbound records."""

    def __init__(
        self, registrar: Registrar, book: ReferenceBook, seal: Seal, metrics: IntakeMetrics, shared: ServiceMetrics
    ) -> None:
        self._registrar = registrar
        self._book = book
        self._seal = seal
        self._metrics = metrics
        self._shared = shared

    async def apply(self, unit: UnitOfWork, records: Sequence[Incoming]) -> None:
        """Enter what is valid, bury the rest; in the caller's transaction."""
        reference = await self._book.within(unit.connection)
        refusals: list[tuple[Incoming, Refused]] = []
        valid: list[tuple[Incoming, Registration]] = []
        for record in records:
            try:
                valid.append((record, self._judge(record, reference, unit)))
            except Unavailable:
                raise OrganisationUnknown from None
            except Refused as refused:
                refusals.append((record, refused))
        outcomes = await accept(unit, [registration for _, registration in valid], apart=len(records) == 1)
        results = Counter(outcome.result for outcome in outcomes)
        letters = _letters(refusals, reference) if refusals else []
        letters += [
            Letter(record, "idempotency_conflict", str(outcome.id))
            for (record, _), outcome in zip(valid, outcomes, strict=True)
            if outcome.result is Result.CONFLICT
        ]
        buried = await bury(unit, letters, self._seal)
        unit.committed.append(lambda: self._count(results, letters if buried else ()))

    def _judge(self, record: Incoming, reference: Reference, unit: UnitOfWork) -> Registration:
        if record.value is None:
            raise Malformed(FieldError("", "missing"))
        parsed = parse(record.value)
        source, source_id = _key(record)
        body = parsed.body
        if (source and body.source and source != body.source) or (
            source_id and body.source_id and source_id != body.source_id
        ):
            raise invalid("/source_id", "other_than_key")
        if not (source := source or body.source or ""):
            raise invalid("/source", "no_identity")
        with span_from(
            record.headers.get("traceparent"), "inbound", {"huiyin.service": "intake"}, kind=SpanKind.CONSUMER
        ):
            return self._registrar.judge(parsed, Sender.of_record(source, source_id or None), reference, unit.started)

    def _count(self, results: Counter[Result], letters: Sequence[Letter]) -> None:
        for result, number in results.items():
            self._metrics.count(Way.INBOUND, result, number)
        for letter in letters:
            self._shared.count_dead_letter(letter.reason)
            if letter.reason != "idempotency_conflict":
                self._metrics.count_refusal(Way.INBOUND, 422)


def _key(record: Incoming) -> tuple[str, str]:
    """The record's key `source:source_id`, both empty without one."""
    try:
        source, _, source_id = (record.key or b"").decode().partition(":")
    except UnicodeDecodeError:
        raise invalid("/source_id", "other_than_key") from None
    return source, source_id


def _letters(refusals: Sequence[tuple[Incoming, Refused]], reference: Reference) -> list[Letter]:
    """What is at fault is told by our own names: what a sender calls a field may name a person."""
    packs = (reference.pack(code, version).document for code, version in reference.packs)
    known = _FIELDS.union(*(pack.facts for pack in packs))
    return [
        Letter(
            record,
            refused.code,
            ", ".join(f"{_place(error.pointer, known)} {error.code}" for error in refused.errors) or refused.code,
        )
        for record, refused in refusals
    ]


def _place(pointer: str, known: Collection[str]) -> str:
    """As much of the pointer as consists of known names and of indices."""
    names = takewhile(lambda name: name in known or _INDEX.fullmatch(name), pointer.split("/")[1:])
    return "/" + "/".join(names)
