"""The topic registry: names, keys, partitions, cleanup. Provisioned by `huiyin migrate` and the embedded stack.

Partition counts are never changed: a key would move and its order be lost. More partitions means a new topic version.
"""

from dataclasses import dataclass, field

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """`name` is without the installation's prefix: `complaints.v1` becomes `huiyin.complaints.v1`."""

    name: str
    key: str
    partitions: int = 12
    compacted: bool = False
    settings: dict[str, str] = field(default_factory=dict)

    def full_name(self, prefix: str) -> str:
        return f"{prefix}.{self.name}"


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS)}


# An active segment is never compacted: it must roll daily so that an erased person really leaves the disk.
_PERSONAL = {
    "cleanup.policy": "compact",
    "max.compaction.lag.ms": str(DAY_MS),
    "segment.ms": str(DAY_MS),
    "delete.retention.ms": str(7 * DAY_MS),
}

INBOUND = Topic("inbound.v1", key="source:source_id", settings=_kept(7))
COMPLAINTS = Topic("complaints.v1", key="complaint id", settings=_kept(400))
PERSONAL = Topic(
    "personal.v1", key="complaint id | case:<complaint id> | person:<id>", compacted=True, settings=_PERSONAL
)
REFERENCE = Topic(
    "reference.v1", key="<kind>:<code>[@version]", partitions=1, compacted=True, settings={"cleanup.policy": "compact"}
)
NOTICES = Topic("notices.v1", key="complaint id", settings=_kept(90))
DUTIES = Topic("duties.v1", key="duty id", partitions=1, settings=_kept(400))
PROGRESS = Topic(
    "progress.v1",
    key="source",
    partitions=1,
    compacted=True,
    settings={"cleanup.policy": "compact", "segment.ms": str(DAY_MS)},
)
DEAD_LETTERS = Topic("dead-letters.v1", key="original key", settings=_kept(90))

TOPICS = {t.name: t for t in (INBOUND, COMPLAINTS, PERSONAL, REFERENCE, NOTICES, DUTIES, PROGRESS, DEAD_LETTERS)}

# On which topic a source's case events travel: `after` is judged only for sources whose topic a service reads.
CASE_TOPIC_OF_SOURCE = {"intake": COMPLAINTS, "routing": COMPLAINTS, "sla": COMPLAINTS, "notify": NOTICES}
