"""Bad input: whoever sends it is told what is wrong and what to do, in both languages; nobody else notices."""

from typing import Any
from uuid import uuid4

from tests.product.complaints import complaint
from tests.product.installation import Installation
from tests.product.kafka_log import write
from tests.product.test_bad_input import READERS, event
from tests.product.waiting import eventually


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
