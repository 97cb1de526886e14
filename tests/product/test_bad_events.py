"""Records on the topics of events that are no events, or none that anybody knows: told, kept, and nobody else waits."""

from typing import Any
from uuid import uuid4

import pytest

from shared.database.migrating import SERVICES
from tests.product.complaints import complaint
from tests.product.dead_letters import drop, letters, told_in_both_languages
from tests.product.installation import Installation
from tests.product.kafka_log import write
from tests.product.waiting import eventually

READERS = ("routing", "sla", "notify", "reporting")  # of what intake says

pytestmark = pytest.mark.usefixtures("others")


def event(case: str, **headers: bytes | None) -> list[tuple[str, bytes | None]]:
    """The headers of an event as intake would send it; others given replace them."""
    good: dict[str, bytes | None] = {
        "ce_specversion": b"1.0",
        "ce_id": str(uuid4()).encode(),
        "ce_type": b"complaint.withdrawn.v1",
        "ce_source": b"/huiyin/intake",
        "ce_subject": case.encode(),
        "ce_time": b"2026-11-20T01:00:00Z",
        "ce_sequence": b"1",
        "ce_after": b"",
        "ce_project": b"P01",
    }
    return list((good | headers).items())


def test_records_that_are_no_events_become_dead_letters_in_every_service(product: Installation) -> None:
    strangers = [str(uuid4()) for _ in range(8)]
    nameless, null, garbled, elsewhere, unknown, timeless, zero, untyped = strangers
    write(product.bootstrap, "complaints", [
        (nameless.encode(), b"\x80\x81", []),
        (null.encode(), b"{}", event(null, ce_type=None)),
        (garbled.encode(), b"{}", event(garbled, ce_source=b"\xff\xfe")),
        (elsewhere.encode(), b"{}", event(str(uuid4()))),
        (unknown.encode(), b"{}", event(unknown, ce_source=b"/somebody/else")),
        (timeless.encode(), b"{}", event(timeless, ce_time=b"yesterday")),
        (zero.encode(), b"{}", event(zero, ce_sequence=b"0")),
        (untyped.encode(), b"{}", [h for h in event(untyped) if h[0] != "ce_type"]),
    ])  # fmt: skip
    reasons = {
        nameless: "missing_header", null: "broken_header", garbled: "broken_header", elsewhere: "wrong_key",
        unknown: "unknown_source", timeless: "broken_header", zero: "broken_header", untyped: "missing_header",
    }  # fmt: skip
    for service in SERVICES:
        found = told_in_both_languages(product, service, set(strangers))
        assert {key: letter["reason"] for key, letter in found.items()} == reasons
        assert "ce_type" in found[null]["detail"]
        for letter in found.values():
            drop(product, service, letter)


def test_a_record_without_a_key_becomes_a_dead_letter(product: Installation) -> None:
    before = {service: {letter["id"] for letter in letters(product, service)} for service in SERVICES}
    write(product.bootstrap, "complaints", [(None, b"{}", event(str(uuid4())))])
    for service in SERVICES:
        new = eventually(
            lambda: [letter for letter in letters(product, service) if letter["id"] not in before[service]],  # noqa: B023
            what="the dead letter",
        )
        assert [(letter["reason"], letter["key"]) for letter in new] == [("no_key", None)]
        drop(product, service, new[0])


def test_an_event_of_an_unknown_version_waits_and_holds_its_own_case_only(product: Installation) -> None:
    stranger = str(uuid4())
    write(product.bootstrap, "complaints", [
        (stranger.encode(), b'{"new": "shape"}', event(stranger, ce_type=b"complaint.registered.v9")),
        (stranger.encode(), b"{}", event(stranger, ce_sequence=b"2")),
    ])  # fmt: skip
    other = product.post("/intake/v1/complaints", complaint(uuid4().hex, 0)).json()["id"]
    for service in READERS:
        held = eventually(lambda: two_held(product, service, stranger), what="held events")  # noqa: B023
        assert [(h["sequence"], h["reason"]) for h in held] == [(1, "waiting"), (2, "waiting")]
        assert held[0]["waiting_for"] == "version:complaint.registered.v9"
    eventually(lambda: product.client("auditor").get(f"/routing/v1/cases/{other}").status_code == 200)
    for service in READERS:
        for sequence in (1, 2):
            path = f"/{service}/v1/ops/held/{stranger}/intake/{sequence}/drop"
            answer = product.post(path, {"reason": "a test"}, "operator")
            assert answer.status_code in {200, 404}, answer.text  # the second may be applied once the first is gone
        assert product.get(f"/{service}/v1/ops/held", "operator", case=stranger)["items"] == []


def two_held(product: Installation, service: str, case: str) -> list[dict[str, Any]] | None:
    found: list[dict[str, Any]] = product.get(f"/{service}/v1/ops/held", "operator", case=case)["items"]
    return sorted(found, key=lambda held: held["sequence"]) if len(found) == 2 else None
