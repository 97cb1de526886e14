"""Signed links: what a customer may open without an account, such as the tracking page of one complaint."""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from shared.clock import require_aware
from shared.secrets import KeyRing

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Signs for one purpose (`track`, `survey`): a link for one never opens another."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing, purpose: str) -> "LinkSigner":
        """The signer of `purpose`; every service with the same ring gets the same."""
        return cls(ring.derive(f"huiyin link {purpose} 1".encode()))

    def sign(self, subject: str, expires_at: datetime) -> str:
        """A token for the address of `subject` (an id, never a name), good until `expires_at`."""
        claim = json.dumps([subject, int(require_aware(expires_at).timestamp())], separators=(",", ":")).encode()
        return _encode(claim) + "." + _encode(self._signature(claim))

    def open(self, token: str, now: datetime) -> str | None:
        """The subject of a token, or None if it is forged, damaged or expired."""
        try:
            claim, signature = (_decode(part) for part in token[:_LONGEST].split("."))
        except ValueError:
            return None
        if not hmac.compare_digest(signature, self._signature(claim)):
            return None
        subject, expires_at = json.loads(claim)
        return str(subject) if now < datetime.fromtimestamp(expires_at, UTC) else None

    def _signature(self, claim: bytes) -> bytes:
        return hmac.new(self.key, claim, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
