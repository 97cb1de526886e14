"""What is personal of a complaint: sealed where it rests, unsealed only for who may read it."""

import base64
import unicodedata
from dataclasses import dataclass

import phonenumbers

from services.intake.service.submission import ReporterBody
from shared.events.records import Reporter
from shared.secrets import KeyRing, plain_mobile


@dataclass(frozen=True, slots=True)
class Contact:
    """A reporter in the clear, in memory only."""

    name: str | None
    phone: str | None
    email: str | None


def contact_of(reporter: ReporterBody) -> Contact:
    """What is kept of a reporter: nothing of an anonymous one."""
    if reporter.anonymous:
        return Contact(None, None, None)
    phone = tidy_phone(reporter.phone) if reporter.phone else None
    return Contact(_tidy(reporter.name), phone or None, _tidy(reporter.email))


def tidy_phone(phone: str) -> str:
    """E.164 where it can be; a number that is impossible, or has an extension, stays as it was given."""
    given = phone.strip()
    if mobile := plain_mobile(given):
        return mobile
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", given), "CN")
    except phonenumbers.NumberParseException:
        return given
    if number.extension or not phonenumbers.is_possible_number(number):
        return given
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def sealed(contact: Contact, reporter: ReporterBody, ring: KeyRing) -> Reporter:
    """The reporter as the personal record holds it."""
    return Reporter(
        name=_seal(contact.name, ring),
        phone=_seal(contact.phone, ring),
        email=_seal(contact.email, ring),
        language=reporter.language,
        anonymous=reporter.anonymous,
    )


def unsealed(reporter: Reporter, ring: KeyRing) -> Contact:
    """The reporter in the clear. Raises shared.secrets.Unreadable."""
    return Contact(_unseal(reporter.name, ring), _unseal(reporter.phone, ring), _unseal(reporter.email, ring))


def _tidy(text: str | None) -> str | None:
    return (text or "").strip() or None


def _seal(text: str | None, ring: KeyRing) -> str | None:
    return base64.b64encode(ring.seal(text.encode())).decode("ascii") if text else None


def _unseal(text: str | None, ring: KeyRing) -> str | None:
    return ring.unseal(base64.b64decode(text)).decode() if text else None
