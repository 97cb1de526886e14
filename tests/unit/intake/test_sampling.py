"""Whom a survey asks: households as their units are written, and what their complaints say (R-003/r23)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.domain import Past, Track, Update
from services.intake.policy.sampling import by_household, household_of, sample_of, was_dissatisfied
from shared.events.complaints import (
    CalendarPin,
    ComplaintAmendedV1,
    ComplaintRegisteredV1,
    CustomerRespondedV1,
    PackPin,
)
from shared.events.envelope import EventData
from shared.policy.expressions.functions import CHINA
from shared.policy.loading import load_pack, packaged_pack_text
from shared.policy.pack import Pack
from shared.policy.surveying import survey_of

NOW = datetime(2026, 7, 1, 2, tzinfo=UTC)
SINCE = NOW - timedelta(days=180)
REJECTED = "customer_response == 'rejected'"
WHERE = "customer_response in ['dissatisfied', 'rejected'] || complaints_since >= 1"


def asking(where: str = WHERE) -> Pack:
    return load_pack(packaged_pack_text("owner-communication").replace(f'"{WHERE}"', f'"{where}"'))


def past(unit: str | None, *said: EventData, days_ago: float = 10, **known: Any) -> Past:
    registered = ComplaintRegisteredV1(
        number="P01-2026-0001", project="P01", received_at=NOW - timedelta(days=days_ago), source="app",
        pack=PackPin(code="owner-communication", version=1, digest=""),
        calendar=CalendarPin(code="cn-office", version=1, digest=""), **known,
    )  # fmt: skip
    return Past(uuid4(), unit, (registered, *said))


def responded(kind: str) -> CustomerRespondedV1:
    return CustomerRespondedV1(kind=kind, has_text=False, personal_version=1)


def must(pack: Pack, complaints: list[Past], tracks: dict[UUID, Track] | None = None, **last: Any) -> dict[str, str]:
    """household -> why, of those who must be asked."""
    spec = survey_of(pack, "satisfaction")
    assert spec is not None
    seen = by_household(complaints, tracks or {}, NOW, CHINA)
    sample = sample_of(spec, pack, ["9-9-999"], "seed", seen, last, SINCE, NOW, CHINA)
    assert [each.place for each in sample] == list(range(1, len(sample) + 1))
    assert sample[0].by_lot
    return {str(each.household): each.must.en for each in sample if each.must}


@pytest.mark.parametrize("written", ["3-1-502A", " 3-1-502a", "３－１－５０２Ａ", "3 - 1 - 502 A"])
def test_a_household_is_one_however_its_unit_is_written(written: str) -> None:
    assert household_of(written) == "3-1-502A"


def test_complaints_of_one_household_are_counted_together_and_others_left_out() -> None:
    complaints = [past("1-1-101"), past(" 1-1-101 "), past(None), past("1-2-101", days_ago=400)]
    assert must(asking(), complaints) == {"1-1-101": "complaints within a year 2 >= 1"}


@pytest.mark.parametrize(
    ("ratings", "dissatisfied"),
    [
        ({"house": 5, "repair": 2}, True),
        ({"house": "dissatisfied"}, True),
        ({"house": 3, "repair": "satisfied"}, False),
    ],
)
def test_whoever_was_dissatisfied_with_anything_last_time_must_be_asked(
    ratings: dict[str, int | str], dissatisfied: bool
) -> None:
    assert was_dissatisfied(ratings) is dissatisfied
    assert ("1-1-101" in must(asking(), [], **{"1-1-101": ratings})) is dissatisfied


@pytest.mark.parametrize(
    ("where", "told", "english"),
    [
        (REJECTED, past("1-1-101", responded("rejected")), "the customer's response: rejected"),
        (REJECTED, past("1-1-101", responded("rejected"), responded("accepted")), None),
        (REJECTED, past("1-1-101", responded("rejected"), responded("information")),
         "the customer's response: rejected"),
        ("contact_type == 'grumble'", past("1-1-101", contact_type="grumble"), "type of contact: grumble"),
        ("contact_type == 'grumble'", past("1-1-101", contact_type="grumble", days_ago=200), None),
        ("channel == 'letter'", past("1-1-101", channel="phone"), None),
        ("anonymous", past("1-1-101", anonymous=True), "anonymous"),
    ],
)  # fmt: skip
def test_the_condition_is_asked_of_each_complaint_since_the_last_survey(
    where: str, told: Past, english: str | None
) -> None:
    assert must(asking(where), [told]).get("1-1-101") == english


def test_a_reopened_or_still_open_case_may_be_asked_about() -> None:
    again, done = past("1-1-101"), past("1-2-101")
    tracks = {
        again.id: Track(again.id, "reopened", updates=(Update(NOW, "closed"), Update(NOW, "reopened"))),
        done.id: Track(done.id, "closed", updates=(Update(NOW, "closed"),)),
    }
    assert set(must(asking("reopened_count >= 1"), [again, done], tracks)) == {"1-1-101"}
    assert set(must(asking("open"), [again, done], tracks)) == {"1-1-101"}


def test_facts_are_those_last_told() -> None:
    said = ComplaintAmendedV1(facts={"people": 5}, personal_version=1)
    (seen,) = by_household([past("1-1-101", said, facts={"people": 2, "legacy": True})], {}, NOW, CHINA)["1-1-101"]
    assert seen.facts == {"people": 5, "legacy": True}
