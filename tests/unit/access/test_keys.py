"""Keys: what is stored, and whom a key stands for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.access.keys import KeyRecord, digest_of, new_token, principal_of, unknown_roles

AT = datetime(2026, 1, 1, tzinfo=UTC)
SYSTEM = KeyRecord("1", "system", "d", AT, source="app", projects=("P01", "P02"))
STAFF = KeyRecord("2", "staff", "d", AT, person="li.na", roles=("handler",), node="P01")


def test_tokens_are_told_apart_by_prefix_and_never_repeat() -> None:
    assert new_token("system").startswith("hyk_")
    assert new_token("staff").startswith("hys_")
    tokens = {new_token("system") for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 4 + 43 for token in tokens)


def test_a_digest_is_sha256_in_hexadecimal() -> None:
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("token", ["", "two words", "x" * 201, "é", "a\n", "\x00"])
def test_what_can_be_no_token_is_not_looked_up(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        digest_of(token)


def test_a_system_key_acts_for_its_projects_only() -> None:
    principal = principal_of(SYSTEM)
    assert (principal.actor, principal.roles, principal.scopes) == ("app", {"system"}, ("P01", "P02"))


def test_a_staff_token_acts_for_the_person_on_the_node() -> None:
    principal = principal_of(STAFF)
    assert (principal.actor, principal.roles, principal.scopes) == ("li.na", {"handler"}, ("P01",))


def test_a_staff_token_without_a_node_reaches_nothing() -> None:
    assert principal_of(replace(STAFF, node=None)).scopes == ()


def test_a_staff_token_cannot_be_a_system_or_a_service() -> None:
    assert principal_of(replace(STAFF, roles=("handler", "system", "service"))).roles == {"handler"}


@pytest.mark.parametrize("record", [replace(SYSTEM, source=None), replace(STAFF, person=None)])
def test_a_key_of_nobody_is_refused(record: KeyRecord) -> None:
    with pytest.raises(ValueError, match="has no"):
        principal_of(record)


def test_misspelt_roles_are_noticed() -> None:
    assert unknown_roles(("handler", "handlr")) == ("handlr",)
