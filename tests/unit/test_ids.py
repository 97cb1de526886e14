"""Ids are what the standard library would make of the same words."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import ids


@given(st.text(), st.text())
def test_an_id_of_words_is_a_uuid_of_version_5(source, source_id):
    found = ids.complaint_id(source, source_id)
    assert found == uuid.uuid5(ids.COMPLAINTS, f"{source}\x1f{source_id}")
    assert isinstance(found, uuid.UUID)
    assert hash(found) == hash(uuid.UUID(str(found)))


@given(st.uuids())
def test_an_id_is_read_as_it_was_written(id_):
    assert ids.read_id(str(id_)) == id_


@pytest.mark.parametrize("text", ["", "x", "6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a00", "电梯"])
def test_what_spells_no_id_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # the driver's words are its own
        ids.read_id(text)
