"""From claimed notices to rendered messages: words and addresses, in memory only, at the moment of sending."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import structlog

from services.notify.domain import ChannelName, Claim, Kind, Message, Notice, Reason
from services.notify.render import render
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.transaction import Record
from shared.events.records import CaseTextsV1, ComplaintTextV1, PersonAddressV1
from shared.reference.book import Reference, ReferenceBook
from shared.secrets import KeyRing, Unreadable

log = structlog.get_logger()

Records = Mapping[tuple[str, str], Record]


@dataclass(frozen=True, slots=True)
class Material:
    """What messages are made of, as read in one transaction. at: when."""

    reference: Reference
    records: Records
    at: datetime


@dataclass(slots=True)
class Composed:
    """messages: ready to go. decided: not to be sent after all. failures: could not be made ready this time."""

    messages: list[Message] = field(default_factory=list)
    decided: dict[UUID, Reason] = field(default_factory=dict)
    failures: dict[UUID, Reason | None] = field(default_factory=dict)


class Composer:
    """Makes messages. `customer_address`: an Apprise address with {phone} or {email}, if customers are told by it."""

    def __init__(self, book: ReferenceBook, ring: KeyRing, customer_address: str | None = None) -> None:
        self._book = book
        self._ring = ring
        self._customer_address = customer_address

    async def gather(self, unit: UnitOfWork, claims: Sequence[Claim]) -> Material:
        """Read what these claims' messages are made of."""
        reference = await self._book.within(unit.connection)
        records = await unit.delivery.records(key for claim in claims for key in _needed(claim))
        return Material(reference, records, unit.started)

    def compose(self, claims: Sequence[Claim], material: Material) -> Composed:
        """Messages for these claims. One that cannot be rendered fails alone."""
        composed = Composed()
        for claim in claims:
            id_ = claim.notice.id
            try:
                found = self._message(claim, material)
            except (Unreadable, binascii.Error) as error:
                log.warning("recipient_unreadable", notice=str(id_), error=type(error).__name__)
                composed.failures[id_] = Reason.BAD_ADDRESS
            except Exception as error:  # noqa: BLE001  # whatever is wrong with one text must not stop the others
                log.warning(
                    "notice_not_rendered", notice=str(id_), text_code=claim.notice.code, error=type(error).__name__
                )
                composed.failures[id_] = Reason.NOT_RENDERED
            else:
                if isinstance(found, Message):
                    composed.messages.append(found)
                else:
                    composed.decided[id_] = found
        return composed

    def _message(self, claim: Claim, material: Material) -> Message | Reason:
        notice = claim.notice
        words = None
        if _has_words(notice):
            words = _words(material.records.get(_words_key(notice)), int(notice.params["texts_version"]))
            if words is None:
                return Reason.ERASED
        addresses: tuple[str, ...] = ()
        if notice.channel is ChannelName.APPRISE:
            addresses = self._addresses(claim, material.records)
            if not addresses:
                return Reason.NO_CONTACT
        title, text = render(claim, material.reference, words)
        return Message(
            notice=notice,
            number=claim.number,
            title=title,
            text=text,
            at=material.at,
            first_attempt=claim.attempts == 1,
            addresses=addresses,
        )

    def _addresses(self, claim: Claim, records: Records) -> tuple[str, ...]:
        record = records.get(_address_key(claim))
        if record is None or record.body is None:
            return ()
        if not claim.notice.recipient.is_customer:
            sealed = PersonAddressV1.model_validate_json(record.body).addresses
            return tuple(self._unseal(address) for address in sealed)
        reporter = ComplaintTextV1.model_validate_json(record.body).reporter
        address = self._customer_address or ""
        for name, value in (("{phone}", reporter.phone), ("{email}", reporter.email)):
            if name in address:
                if value is None:
                    return ()
                address = address.replace(name, quote(self._unseal(value), safe=""))
        return (address,) if address else ()

    def _unseal(self, sealed: str) -> str:
        return self._ring.unseal(base64.b64decode(sealed)).decode()


def _needed(claim: Claim) -> list[tuple[str, str]]:
    needed = [_address_key(claim)] if claim.notice.channel is ChannelName.APPRISE else []
    if _has_words(claim.notice):
        needed.append(_words_key(claim.notice))
    return needed


def _has_words(notice: Notice) -> bool:
    """Whether it carries what staff wrote."""
    return notice.kind is Kind.REPLY or (notice.kind is Kind.NOTICE and "texts_version" in notice.params)


def _words_key(notice: Notice) -> tuple[str, str]:
    return ("personal", f"case:{notice.origin or notice.case}")


def _address_key(claim: Claim) -> tuple[str, str]:
    recipient = claim.notice.recipient
    return ("personal", str(claim.notice.case) if recipient.is_customer else f"person:{recipient.person}")


def _words(record: Record | None, version: int) -> str | None:
    """What staff wrote, None once it is erased. Raises LookupError for a version that is not there."""
    if record is None or record.body is None:
        return None
    texts = CaseTextsV1.model_validate_json(record.body).texts
    return next(text.text for text in texts if text.version == version)
