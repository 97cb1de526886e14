"""What `/<service>/openapi.json` promises holds for whatever anybody sends: statuses, content types, documents."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.database.migrating import SERVICES
from tests.product.complaints import complaint
from tests.product.installation import Installation

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 20
SEED = 20_261_122
# Every service has these from the same code; they are tried out in the first one only.
SHARED = ("/healthz", "/readyz", "/metrics", "/v1/ops/")
OPERATORS = ("/v1/ops/", "/v1/keys", "/v1/directory", "/v1/packs", "/v1/calendars", "/erase", "/retry")


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_as_documented(product: Installation, service: str) -> None:
    description = schemathesis.openapi.from_url(f"{product.url}/{service}/openapi.json")
    cases = [product.post("/intake/v1/complaints", complaint(f"openapi-{service}-{n}", 0)).json()["id"] for n in (0, 1)]
    product.settle()
    notice = product.get("/notify/v1/notices", case=cases[0])["items"][0]["id"]
    real = {"id": notice if service == "notify" else cases[0], "case_id": cases[0], "project": "P01", "case": cases[1]}
    failures, tried = [], 0
    with requests.Session() as session:
        for found in description.get_all_operations():
            operation = found.ok()
            if service != SERVICES[0] and is_shared(operation.path):
                continue
            token = product.token(role_for(operation.path), "R1" if role_for(operation.path).endswith("head") else None)
            session.headers["Authorization"] = f"Bearer {token}"
            tried += 1
            try:
                run(operation, session, {name: real[name] for name in real if f"{{{name}}}" in operation.path})
            except Exception as failure:  # noqa: BLE001  # all operations are tried, then all failures told
                failure.add_note(f"{operation.method.upper()} {operation.path}")
                failures.append(failure)
    assert tried
    if failures:
        raise ExceptionGroup(f"{service}: {len(failures)} operations", failures)


def is_shared(path: str) -> bool:
    return any(part in path for part in SHARED)


def role_for(path: str) -> str:
    """Somebody who may do it."""
    if any(part in path for part in OPERATORS):
        return "operator"
    if path.startswith("/intake/") and not path.endswith("/text"):
        return "system"
    return "customer_service_head"


def run(operation: Any, session: requests.Session, real: dict[str, str]) -> None:
    """Send examples that fit the description and such that do not, to things that exist and to such that do not."""

    def send(case: Case, existing: bool) -> None:
        if existing and real:
            case.path_parameters = {**(case.path_parameters or {}), **real}
        case.call_and_validate(session=session, checks=CHECKS, timeout=120)

    bound(operation, send)()


def bound(operation: Any, send: Callable[[Case, bool], None]) -> Callable[[], None]:
    modes = st.one_of(*strategies(operation))
    kept = settings(
        max_examples=EXAMPLES,
        derandomize=False,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    return seed(SEED)(kept(given(case=modes, existing=st.booleans())(send)))


def strategies(operation: Any) -> Iterable[st.SearchStrategy[Case]]:
    yield operation.as_strategy(GenerationMode.POSITIVE)
    if any(True for _ in operation.iter_parameters()) or operation.body:
        yield operation.as_strategy(GenerationMode.NEGATIVE)


def test_what_services_share_is_described_alike(product: Installation) -> None:
    described = []
    for service in SERVICES:
        paths = product.client(None).get(f"/{service}/openapi.json").json()["paths"]
        shared = {path: paths[path] for path in paths if is_shared(path)}
        described.append(str(shared).replace(service, "SERVICE").replace(service.title(), "SERVICE"))
    assert len(set(described)) == 1
