"""How far complaints have come: applying what the other services said, and telling it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain import Complaint, Track, Update
from services.intake.policy import tracking as policy
from services.intake.storage import IntakeStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.errors import NotFound
from shared.events.cases import CaseRulesChangedV1
from shared.events.envelope import Event
from shared.reference.directory import Directory

FOLLOWED = policy.FOLLOWED | {CaseRulesChangedV1.event_type}
"""The types of events that move a complaint forward, or have it judged by another version of its pack."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """What the customer may know of a complaint."""

    complaint: Complaint
    state: str
    promised_by: datetime | None
    updates: Sequence[Update]


async def follow_all(events: Sequence[Event], storage: IntakeStorage) -> None:
    """Bring the tracks of a batch up to its events; the cases are locked."""
    pins = {e.case: (e.data.pack.code, e.data.pack.version) for e in events if isinstance(e.data, CaseRulesChangedV1)}
    await storage.repin(pins)
    found = await storage.tracks({event.case for event in events})
    before = {event.case: found.get(event.case) or Track(event.case) for event in events}
    tracks = dict(before)
    for event in events:
        if isinstance(event.data, CaseRulesChangedV1):
            continue
        tracks[event.case] = policy.follow(tracks[event.case], event)
    if changed := [track for case, track in tracks.items() if track != before[case]]:
        await storage.save_tracks(changed)


async def tracking_of(id_: UUID, caller: Principal, directory: Directory, storage: IntakeStorage) -> Tracking:
    """Raises NotFound, OutOfScope."""
    complaint = await storage.complaint(id_)
    if complaint is None:
        raise NotFound("complaint")
    demand(caller, Action.TRACK_COMPLAINT, complaint.project, directory, source=complaint.source)
    track = (await storage.tracks([id_])).get(id_) or Track(id_)
    return Tracking(
        complaint,
        policy.shown_state(complaint, track),
        policy.promised_by(complaint, track),
        policy.told_updates(complaint, track),
    )
