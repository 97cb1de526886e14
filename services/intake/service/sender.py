"""Who sends a complaint and by which way: what that allows, and which identity the complaint has."""

from dataclasses import dataclass

from services.intake.domain import Way
from services.intake.service.submission import Parsed, Submission
from shared.access.permissions import Action, demand
from shared.access.principal import SYSTEM_ROLE, Principal
from shared.errors import FieldError, OutOfScope, invalid
from shared.reference.directory import Directory

DESK = "desk"
"""The source of what staff register, unless they name another."""


@dataclass(frozen=True, slots=True)
class Sender:
    """principal: who. key: the Idempotency-Key of the request, or what the record's key says after its source.

    source: whom complaints come from that name no source. bound: whether only this source may be named. trusted: the
    topic's own access list has already decided that this sender may write.
    """

    principal: Principal
    way: Way
    source: str
    bound: bool
    key: str | None = None
    trusted: bool = False

    @classmethod
    def of(cls, principal: Principal, way: Way, key: str | None = None) -> "Sender":
        """The sender of an HTTP request."""
        system = principal.has_role(SYSTEM_ROLE)
        return cls(principal, way, principal.actor if system else DESK, bound=system, key=key)

    @classmethod
    def of_record(cls, source: str, source_id: str | None) -> "Sender":
        """The sender of a record on the inbound topic, named by its key."""
        principal = Principal(source, frozenset({SYSTEM_ROLE}))
        return cls(principal, Way.INBOUND, source, bound=True, key=source_id, trusted=True)

    def identity(self, body: Submission) -> tuple[str, str] | FieldError:
        """(source, source_id) of a complaint, or what is missing. Raises OutOfScope for somebody else's source."""
        source = body.source or self.source
        if self.bound and source != self.source:
            raise OutOfScope
        source_id = body.source_id or self.key
        if source_id is None:
            return FieldError("/source_id", "no_identity")
        return source, source_id

    def demand(self, parsed: Parsed, directory: Directory) -> None:
        """Raises OutOfScope unless this sender may register this for its project."""
        if self.trusted:
            if parsed.history:
                raise invalid("/mode", "not_one_of", expected=["live"])
            return
        action = Action.IMPORT_HISTORY if parsed.history else Action.REGISTER_COMPLAINT
        demand(self.principal, action, parsed.body.project, directory)
