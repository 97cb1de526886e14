"""What was done by whom: the value of an audit row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.access.principal import Principal
from shared.clock import require_aware

Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One command: every command leaves one.

    at: UTC. actor, roles: from the principal. action: a code (`case.close`, `held.drop`). subject: what it was done
    to, as an id or code. detail: codes, figures and the stated reason of an operation; never anything personal.
    """

    at: datetime
    actor: str
    roles: tuple[str, ...]
    action: str
    subject: str
    detail: Mapping[str, Detail] = field(default_factory=dict)
    trace_id: str | None = None

    @classmethod
    def of(
        cls,
        principal: Principal,
        action: str,
        subject: str,
        at: datetime,
        *,
        trace_id: str | None = None,
        **detail: Detail,
    ) -> "AuditEntry":
        """The entry for what `principal` did. Raises ValueError for an instant without a time zone."""
        return cls(
            require_aware(at), principal.actor, tuple(sorted(principal.roles)), action, subject, detail, trace_id
        )
