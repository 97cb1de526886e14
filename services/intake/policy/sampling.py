"""Whom a survey asks: the households drawn by lot, and those who must be asked by what is known of them (R-003/r23)."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from uuid import UUID

from services.intake.domain import Asked, Past, Track
from shared.events.complaints import ComplaintAmendedV1, ComplaintRegisteredV1, CustomerRespondedV1
from shared.policy.names import RESPONSE_VALUES
from shared.policy.pack import Pack
from shared.policy.situation import Context
from shared.policy.surveying import PastComplaint, SurveySpec, draw, must_be_asked, satisfied
from shared.policy.words import Reason

DISSATISFIED = "dissatisfied"


def household_of(unit: str) -> str:
    """One spelling of a household, however its unit was written: `３－1 -502a` is `3-1-502A`."""
    return "".join(unicodedata.normalize("NFKC", unit).split()).upper()


def by_household(
    past: Iterable[Past], tracks: Mapping[UUID, Track], now: datetime, zone: tzinfo
) -> dict[str, list[PastComplaint]]:
    """What complaints say of each household. Those that name no unit are nobody's."""
    found: defaultdict[str, list[PastComplaint]] = defaultdict(list)
    for each in past:
        if each.household and (complaint := _seen(each, tracks.get(each.id), now, zone)):
            found[household_of(each.household)].append(complaint)
    return found


def _seen(past: Past, track: Track | None, now: datetime, zone: tzinfo) -> PastComplaint | None:
    """The complaint as conditions see it; decisions of other services are unknown here."""
    facts: dict[str, object] = {}
    registered: ComplaintRegisteredV1 | None = None
    response: str | None = None
    for data in past.said:
        if isinstance(data, ComplaintRegisteredV1):
            registered = data
        if isinstance(data, ComplaintRegisteredV1 | ComplaintAmendedV1):
            facts |= data.facts
        if isinstance(data, CustomerRespondedV1) and data.kind in RESPONSE_VALUES:
            response = data.kind
    if registered is None:
        return None
    context = Context(
        now=now,
        zone=zone,
        contact_type=registered.contact_type,
        channel=registered.channel,
        registered_at=registered.received_at,
        arisen_at=registered.happened_at,
        open=track is None or track.state != "closed",
        contactable=registered.contactable,
        anonymous=registered.anonymous,
        agreement=None,
        rounds=None,
        compensated=None,
        reopened_count=sum(update.code == "reopened" for update in track.updates) if track else 0,
        customer_response=response,
    )
    return PastComplaint(facts, context)


def was_dissatisfied(ratings: Mapping[str, int | str]) -> bool:
    """Whether a household was dissatisfied with anything it was asked about."""
    return any(satisfied(rating) is False for rating in ratings.values())


def sample_of(
    spec: SurveySpec,
    pack: Pack,
    frame: Sequence[str],
    seed: str,
    complaints: Mapping[str, Sequence[PastComplaint]],
    last_ratings: Mapping[str, Mapping[str, int | str]],
    since: datetime,
    now: datetime,
    zone: tzinfo,
) -> tuple[Asked, ...]:
    """The sample, in the order of the lots, then whoever must be asked besides, be it in the frame or not."""
    must: dict[str, Reason] = {}
    for household in sorted({*complaints, *last_ratings}):
        last = DISSATISFIED if was_dissatisfied(last_ratings.get(household, {})) else None
        reason = must_be_asked(spec, pack, complaints.get(household, ()), last, since, now, zone)
        if reason is not None:
            must[household] = reason
    drawn = draw(frame, spec.share, seed)
    everybody = (*drawn, *(household for household in must if household not in set(drawn)))
    return tuple(
        Asked(place, household, place <= len(drawn), must.get(household))
        for place, household in enumerate(everybody, start=1)
    )
