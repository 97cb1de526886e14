"""Who acts: every command, query and event names its principal."""

from dataclasses import dataclass, field

SYSTEM_ROLE = "system"  # a project's own system, feeding complaints by API key
STAFF_ROLES = frozenset(
    {"front_desk", "handler", "specialist", "customer_service_head", "regional_leader", "auditor", "operator"}
)
# Beside these a pack may name roles of its own; permissions treat an unknown role as reading nothing.


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor with roles, limited to organisation subtrees.

    actor: person id (`li.na`), feeding source (`app`) or service (`service:sla`); never a name.
    roles: what it may do. scopes: node codes (`P01`, `R1`, `G`); each reaches the node's whole subtree.
    """

    actor: str
    roles: frozenset[str] = field(default_factory=frozenset)
    scopes: tuple[str, ...] = ()

    def has_role(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def service_principal(service: str) -> Principal:
    """The principal of what a service does by itself, such as a clock that runs out."""
    return Principal(actor=f"service:{service}", roles=frozenset({"service"}))
