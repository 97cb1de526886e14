"""The key ring: sealing, changing keys, refusing to start, counting people."""

import os
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import CannotStart
from shared.secrets import KeyRing, Unreadable, key_id_of, new_key, normalise_phone
from shared.texts.catalogue import render

OLD, NEW = new_key(), new_key()
RING = KeyRing.from_settings([OLD])


@given(st.binary(max_size=2000))
def test_what_was_sealed_is_unsealed_and_never_looks_alike(content: bytes) -> None:
    sealed = RING.seal(content)
    assert RING.unseal(sealed) == content
    assert sealed != RING.seal(content)
    assert len(content) < 6 or content not in sealed


def test_after_a_change_of_keys_old_data_open_and_are_stale() -> None:
    changed = KeyRing.from_settings([NEW, OLD])
    sealed = RING.seal(b"138")
    assert changed.unseal(sealed) == b"138"
    assert changed.is_stale(sealed)
    assert not changed.is_stale(changed.seal(b"138"))
    assert changed.known_ids > RING.known_ids


def test_a_stored_key_that_the_ring_lacks_forbids_the_start() -> None:
    missing = key_id_of(RING.seal(b"x"))
    with pytest.raises(CannotStart) as refused:
        KeyRing.from_settings([NEW]).require([missing])
    assert missing in render(f"startup.{refused.value.code}", "en", **refused.value.params)
    assert missing in render(f"startup.{refused.value.code}", "zh", **refused.value.params)
    RING.require([missing])


@pytest.mark.parametrize(
    "sealed", [b"", b"plain", b"no:thing", b"abcdefgh:AAAA", b"\xff\xff\xff\xff\xff\xff\xff\xff:x"]
)
def test_what_the_ring_never_sealed_is_unreadable(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        RING.unseal(sealed)


def test_a_damaged_value_is_unreadable() -> None:
    sealed = RING.seal(b"secret")
    with pytest.raises(Unreadable, match="damaged"):
        RING.unseal(sealed[:-5] + b"AAAA=")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ([], "key_ring_empty"),
        (["short"], "key_malformed"),
        ([OLD, "é" * 44], "key_malformed"),
        ([OLD[:-4]], "key_malformed"),
        ([OLD, OLD], "key_twice"),
    ],
)
def test_a_bad_setting_is_refused_with_a_text_and_without_the_key(keys: list[str], code: str) -> None:
    with pytest.raises(CannotStart) as refused:
        KeyRing.from_settings(keys)
    assert refused.value.code == code
    for language in ("zh", "en"):
        text = render(f"startup.{code}", language, **refused.value.params)
        assert "HUIYIN_SEAL__KEYS" in text
        assert OLD not in text


def test_the_key_file_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    first = KeyRing.from_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeyRing.from_file(path).unseal(first.seal(b"x")) == b"x"
    assert os.listdir(tmp_path) == ["ring.json"]


def test_processes_starting_at_once_share_one_key(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    rings: list[KeyRing] = []
    barrier = Barrier(8)

    def start() -> None:
        barrier.wait()
        rings.append(KeyRing.from_file(path))

    threads = [Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.known_ids for ring in rings}) == 1
    assert os.listdir(tmp_path) == ["ring.json"]


def test_a_key_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    KeyRing.from_file(path)
    path.chmod(0o640)
    with pytest.raises(CannotStart) as refused:
        KeyRing.from_file(path)
    assert f"chmod 600 {path}" in render(f"startup.{refused.value.code}", "en", **refused.value.params)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"keys": "x"}', '{"keys": [1]}', "\ufeff"])
def test_a_damaged_key_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(CannotStart) as refused:
        KeyRing.from_file(path)
    assert refused.value.code == "key_file_malformed"
    assert str(path) in render("startup.key_file_malformed", "zh", **refused.value.params)
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    "phone",
    [
        "13800138000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "0086 13800138000",
        "１３８００１３８０００",
        "(138) 0013 8000",
    ],
)
def test_one_number_in_any_spelling_is_one_person(phone: str) -> None:
    assert normalise_phone(phone) == "+8613800138000"
    assert RING.hash_reporter("anybody", phone) == RING.hash_reporter(None, "+8613800138000")


def test_a_foreign_number_keeps_its_country() -> None:
    assert normalise_phone("+44 20 7946 0958") == "+442079460958"


def test_without_a_phone_the_name_counts_in_any_spelling() -> None:
    assert RING.hash_reporter("Li  Na", None) == RING.hash_reporter("ＬＩ na", "")
    assert RING.hash_reporter("李娜", None) != RING.hash_reporter("王丽", None)


def test_a_name_is_never_taken_for_a_phone() -> None:
    assert RING.hash_reporter("weixin88", None) != RING.hash_reporter(None, "weixin88")


@pytest.mark.parametrize(("name", "phone"), [(None, None), ("", ""), (" ", "-")])
def test_nobody_has_no_hash(name: str | None, phone: str | None) -> None:
    assert RING.hash_reporter(name, phone) is None


def test_hashes_stay_when_a_newer_key_comes_and_differ_between_installations() -> None:
    assert KeyRing.from_settings([NEW, OLD]).hash_reporter("a", None) == RING.hash_reporter("a", None)
    assert KeyRing.from_settings([NEW]).hash_reporter("a", None) != RING.hash_reporter("a", None)


def test_a_reporter_key_of_its_own_outlives_the_oldest_key() -> None:
    kept = new_key()
    before = KeyRing.from_settings([NEW, OLD], kept).hash_reporter("a", None)
    assert KeyRing.from_settings([NEW], kept).hash_reporter("a", None) == before


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_or_phone_breaks_the_hash(name: str, phone: str) -> None:
    digest = RING.hash_reporter(name, phone)
    assert digest is None or len(digest) == 64
