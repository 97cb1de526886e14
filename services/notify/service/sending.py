"""Sending: claim what is due, send it outside any transaction, record what became of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from opentelemetry.trace import SpanKind

from services.notify.channels import Channel
from services.notify.domain import Claim, Kind, Notice, Outcome, Reason, Revocation, Verdict
from services.notify.metrics import NotifyMetrics
from services.notify.policy.attempts import suppressed_at_claim, verdict_on_attempt, verdict_on_suppressed
from services.notify.policy.intents import correction_of
from services.notify.service.composing import Composer
from services.notify.storage.intended import IntendedStorage
from services.notify.storage.sending import SendingStorage
from shared.access.principal import service_principal
from shared.database.unit_of_work import Database, UnitOfWork
from shared.events.envelope import Draft
from shared.events.notices import NoticeData, NoticeFailedV1, NoticeSentV1, NoticeSuppressedV1
from shared.telemetry.tracing import open_span

_ACTOR = service_principal("notify").actor


class Sender:
    """Sends the notices of one channel. Several may run, in several processes: each claims its own.

    Between claim and record nothing is locked. Whoever dies there leaves a claim that lapses; the notice is then sent
    again under the same id, by which a channel or its receiver can tell (delivery rule 12).
    """

    poll_s = 1.0

    def __init__(self, database: Database, channel: Channel, composer: Composer, metrics: NotifyMetrics) -> None:
        self._database = database
        self._channel = channel
        self._composer = composer
        self._metrics = metrics
        self.name = f"send {channel.name}"
        self.under_way = 0

    async def step(self) -> datetime | None:
        """Send a batch of what is due; see `shared.stepping.Stepper`."""
        try:
            claims, failures, decided = await self._send()
            if claims:
                await self._record(claims, failures, decided)
                return self._database.clock.now()
        finally:
            self.under_way = 0
        async with self._database.read() as connection:
            return await SendingStorage(connection).next_due(self._channel.name)

    async def _send(self) -> tuple[list[Claim], Mapping[UUID, Reason | None], Mapping[UUID, Reason]]:
        """Claims, what happened to those that were tried (None: it went out), and the decisions not to send."""
        channel = self._channel
        async with self._database.begin() as unit:
            storage = SendingStorage(unit.connection)
            claims = await storage.claim(channel.name, channel.batch, unit.started, unit.started + channel.lease)
            if not claims:
                return [], {}, {}
            self.under_way = len(claims)
            decided = {claim.notice.id: reason for claim in claims if (reason := suppressed_at_claim(claim))}
            wanted = [claim for claim in claims if claim.notice.id not in decided]
            material = await self._composer.gather(unit, wanted)
        composed = self._composer.compose(wanted, material)
        with _spans(claims):
            delivered = await channel.deliver(composed.messages) if composed.messages else {}
        return claims, {**composed.failures, **delivered}, {**decided, **composed.decided}

    async def _record(
        self, claims: Sequence[Claim], failures: Mapping[UUID, Reason | None], decided: Mapping[UUID, Reason]
    ) -> None:
        async with self._database.begin() as unit:
            await unit.delivery.lock(claim.notice.case for claim in claims)
            storage = SendingStorage(unit.connection)
            revoked = await storage.lock_claimed(claims)
            settled = [
                (claim, _verdict(claim, failures, decided, unit.started, revoked=revoked[claim.notice.id] is not None))
                for claim in claims
                if claim.notice.id in revoked
            ]
            await storage.settle({claim.notice.id: verdict for claim, verdict in settled}, unit.started)
            await IntendedStorage(unit.connection).add(_corrections(settled, revoked, unit.started))
            await unit.delivery.emit(_drafts(settled, unit))
            counts: Counter[tuple[Kind, Outcome]] = Counter(
                (claim.notice.kind, verdict.outcome)
                for claim, verdict in settled
                if verdict.outcome is not Outcome.PENDING
            )
            await storage.count(counts)
        self._metrics.add(counts)


@contextmanager
def _spans(claims: Sequence[Claim]) -> Iterator[None]:
    """Each recorded trace shows how long its notice was on its way out."""
    spans = [
        open_span(notice.traceparent, f"send {notice.kind}", "notify", notice.case, SpanKind.CLIENT)
        for notice in (claim.notice for claim in claims)
    ]
    yield
    for span in filter(None, spans):
        span.end()


def _verdict(
    claim: Claim,
    failures: Mapping[UUID, Reason | None],
    decided: Mapping[UUID, Reason],
    now: datetime,
    *,
    revoked: bool,
) -> Verdict:
    if reason := decided.get(claim.notice.id):
        return verdict_on_suppressed(claim, reason)
    return verdict_on_attempt(claim.attempts, failures[claim.notice.id], now, revoked=revoked)


def _corrections(
    settled: Sequence[tuple[Claim, Verdict]], revoked: Mapping[UUID, Revocation | None], now: datetime
) -> list[Notice]:
    return [
        correction_of(claim.notice, revocation, None, now)
        for claim, verdict in settled
        if verdict.correct and (revocation := revoked[claim.notice.id])
    ]


def _drafts(settled: Sequence[tuple[Claim, Verdict]], unit: UnitOfWork) -> list[Draft]:
    """One event for every notice that came to an end. The attempts tell a second failure, after an operator's retry,
    from the first."""
    return [
        Draft(
            case=claim.notice.case,
            data=data,
            occurred_at=unit.started,
            project=claim.notice.project,
            cause=str(claim.notice.cause),
            actor=_ACTOR,
            discriminator=f"{claim.notice.id}:{claim.attempts}",
            traceparent=claim.notice.traceparent,
        )
        for claim, verdict in settled
        if (data := _event_of(claim, verdict))
    ]


def _event_of(claim: Claim, verdict: Verdict) -> NoticeData | None:
    notice = claim.notice
    who = {
        "notice": notice.id,
        "kind": notice.kind,
        "role": notice.recipient.role,
        "person": notice.recipient.person,
        "channel": notice.channel,
    }
    match verdict.outcome:
        case Outcome.SENT:
            return NoticeSentV1(**who, attempts=claim.attempts)
        case Outcome.FAILED:
            return NoticeFailedV1(**who, attempts=claim.attempts, reason=str(verdict.reason))
        case Outcome.SUPPRESSED:
            return NoticeSuppressedV1(**who, reason=str(verdict.reason))
        case Outcome.PENDING:
            return None
