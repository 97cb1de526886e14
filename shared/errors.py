"""Refusals: what a service raises when it will not do what was asked. Codes and parameters; words are rendered late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is not valid.

    pointer: RFC 6901 pointer into the body (`/facts/people`, empty for the whole body), or `/query/<name>`,
    `/path/<name>`, `/header/<name>`. code: `field.<code>.message` and `.remedy` are its texts; params fill them and
    never hold what the caller wrote.
    """

    pointer: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A request that is refused with an RFC 9457 problem.

    status: HTTP status. code: the problem's code; `problem.<code>.title` and `.detail` are its texts, filled by params.
    errors: the fields at fault. members: further members of the problem document. headers: further response headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        *,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = dict(params or {})
        self.errors = tuple(errors)
        self.members = dict(members or {})
        self.headers = dict(headers or {})

    def __str__(self) -> str:
        places = ", ".join(f"{error.pointer or '/'} {error.code}" for error in self.errors)
        return f"{self.code} ({places})" if places else self.code


class Malformed(Refused):
    """400: cannot be read at all."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(400, "malformed", errors=errors)


class Unauthenticated(Refused):
    """401: nobody we know."""

    def __init__(self) -> None:
        super().__init__(401, "unauthenticated", headers={"WWW-Authenticate": 'Bearer realm="huiyin"'})


class OutOfScope(Refused):
    """403: known, but not permitted here; role, subtree and recusal look alike, so that nobody learns which it was."""

    def __init__(self) -> None:
        super().__init__(403, "out_of_scope")


class NotFound(Refused):
    """404: no such thing; `kind` is a noun of the texts' `thing` (`case`, `project`)."""

    def __init__(self, kind: str = "page") -> None:
        super().__init__(404, "not_found", {"kind": kind})


class Conflict(Refused):
    """409: the present state does not allow it."""

    def __init__(
        self, code: str, params: Mapping[str, Any] | None = None, *, members: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(409, code, params, members=members)


class IdempotencyConflict(Conflict):
    """409: the identity was used before with other content."""

    def __init__(self) -> None:
        super().__init__("idempotency_conflict")


class VersionConflict(Conflict):
    """409: `If-Match` named version `expected`, the thing has version `found`."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__("version_conflict", {"expected": expected, "found": found}, members={"version": found})


class MoveNotAllowed(Conflict):
    """409: a case in `state` permits only the moves `allowed`."""

    def __init__(self, state: str, allowed: Sequence[str]) -> None:
        known = {"state": state, "allowed": list(allowed)}
        super().__init__("move_not_allowed", {**known, "allowed": list(allowed) or ["none"]}, members=known)


class CaseParked(Conflict):
    """409: an event of the case failed and waits for operations (delivery rule 3)."""

    def __init__(self) -> None:
        super().__init__("case_parked")


class TooLarge(Refused):
    """413: the body has more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, "too_large", {"limit": limit})


class UnsupportedMediaType(Refused):
    """415: the content type is none of `accepted`."""

    def __init__(self, accepted: Sequence[str]) -> None:
        super().__init__(415, "unsupported_media_type", {"accepted": list(accepted)})


class Invalid(Refused):
    """422: readable, but these fields are not valid."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(422, "invalid_field", {"count": len(errors)}, errors)


class Unavailable(Refused):
    """503: not now; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(503, "unavailable", {"retry_after": retry_after}, headers={"Retry-After": str(retry_after)})


def invalid(pointer: str, code: str, **params: Any) -> Invalid:
    """The refusal of one field: `raise invalid("/facts/people", "too_large", max=10_000)`."""
    return Invalid(FieldError(pointer, code, params))


class CannotStart(Exception):
    """A setting or stored data forbid the start. `startup.<code>` is its text; params never hold a secret."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
