"""What is kept of a reporter, and how."""

import pytest

from services.intake.service.personal import Contact, contact_of, sealed, tidy_phone, unsealed
from services.intake.service.submission import ReporterBody
from shared.secrets import KeyRing, new_key

RING = KeyRing.from_settings([new_key()])


@pytest.mark.parametrize(
    ("given", "kept"),
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
def test_a_phone_is_kept_as_e164_where_it_can_be(given, kept):
    assert tidy_phone(given) == kept


def test_nothing_is_kept_of_an_anonymous_reporter():
    given = ReporterBody(name="张三", phone="13800138000", email="z@example.com", anonymous=True)
    assert contact_of(given) == Contact(None, None, None)


def test_blank_fields_are_absent():
    assert contact_of(ReporterBody(name=" ", phone=" ")) == Contact(None, None, None)


def test_contact_fields_rest_sealed_and_come_back():
    given = ReporterBody(name="张三", phone="13800138000", email="z@example.com", language="en")
    record = sealed(contact_of(given), given, RING)
    stored = record.model_dump_json()
    assert "张三" not in stored
    assert "13800138000" not in stored
    assert "example.com" not in stored
    assert unsealed(record, RING) == Contact("张三", "+8613800138000", "z@example.com")
    assert record.language == "en"
