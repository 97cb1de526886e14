"""What is kept of a reporter, and how."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.service.personal import Contact, contact_of, sealed, tidy_phone, unsealed
from services.intake.service.submission import ReporterBody
from shared.secrets import KeyRing, new_key, normalise_phone, plain_mobile

RING = KeyRing.from_settings([new_key()])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0731-88886666", "+8673188886666"),
        ("+1 650 253 0000", "+16502530000"),
        ("0731-88886666 转 12", "0731-88886666 转 12"),
        ("0731-88886666 ext 12", "0731-88886666 ext 12"),
        ("微信同号", "微信同号"),
        (" 123 ", "123"),
    ],
)
def test_a_phone_is_kept_as_e164_where_it_can_be(written, kept):
    assert tidy_phone(written) == kept


@given(st.from_regex(r"(\+86)?1[3-9][0-9]{9}", fullmatch=True))
def test_the_short_way_for_mobile_numbers_gives_what_the_long_way_gives(phone):
    long_way = phonenumbers.format_number(phonenumbers.parse(phone, "CN"), phonenumbers.PhoneNumberFormat.E164)
    assert plain_mobile(phone) == normalise_phone(phone) == tidy_phone(phone) == long_way


def test_nothing_is_kept_of_an_anonymous_reporter():
    sent = ReporterBody(name="张三", phone="13800138000", email="z@example.com", anonymous=True)
    assert contact_of(sent) == Contact(None, None, None)


def test_blank_fields_are_absent():
    assert contact_of(ReporterBody(name=" ", phone=" ")) == Contact(None, None, None)


def test_contact_fields_rest_sealed_and_come_back():
    sent = ReporterBody(name="张三", phone="13800138000", email="z@example.com", language="en")
    record = sealed(contact_of(sent), sent, RING)
    stored = record.model_dump_json()
    assert "张三" not in stored
    assert "13800138000" not in stored
    assert "example.com" not in stored
    assert unsealed(record, RING) == Contact("张三", "+8613800138000", "z@example.com")
    assert record.language == "en"
