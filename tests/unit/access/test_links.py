"""Signed links open one thing, for one purpose, until they expire."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access.links import LinkSigner
from shared.secrets import KeyRing, new_key

NOW = datetime(2026, 11, 20, tzinfo=UTC)
RING = KeyRing.from_settings([new_key()])
TRACK = LinkSigner.of(RING, "track")


def test_a_link_opens_its_subject_until_it_expires() -> None:
    token = TRACK.sign("c1", NOW + timedelta(days=1))
    assert TRACK.open(token, NOW) == "c1"
    assert TRACK.open(token, NOW + timedelta(days=1)) is None


def test_a_link_of_another_purpose_or_ring_opens_nothing() -> None:
    token = TRACK.sign("c1", NOW + timedelta(days=1))
    assert LinkSigner.of(RING, "survey").open(token, NOW) is None
    assert LinkSigner.of(KeyRing.from_settings([new_key()]), "track").open(token, NOW) is None


def test_any_changed_character_closes_the_link() -> None:
    token = TRACK.sign("c1", NOW + timedelta(days=1))
    for at in range(len(token) - 1):  # the last one holds padding bits that decode alike
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert TRACK.open(changed, NOW) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c", "é.é", "x" * 10_000])
def test_nonsense_opens_nothing(token: str) -> None:
    assert TRACK.open(token, NOW) is None


@given(st.text())
def test_nothing_breaks_the_reader(token: str) -> None:
    assert TRACK.open(token, NOW) is None


def test_a_signer_shows_no_key() -> None:
    assert repr(TRACK) == "LinkSigner()"
