"""The key ring: personal data is sealed where it rests, and people are counted without being known."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import phonenumbers
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.errors import CannotStart

_SEPARATOR = b":"
_ID_LENGTH = 8
# Nearly every number there is; reading it as a phone number of any country takes twenty times as long.
_CHINESE_MOBILE = re.compile(r"(?:\+86)?(1[3-9][0-9]{9})")
_REPORTER_PURPOSE = b"huiyin reporter hash 1"


class Unreadable(ValueError):
    """What was to be unsealed is damaged, or was never sealed by this ring."""


class KeyRing:
    """Keys, newest first: the first one seals, all unseal. A key's id is the beginning of its own digest.

    To change keys: put a new one in front, seal anew what is stale, then drop the old one.
    """

    def __init__(self, keys: Sequence[bytes], reporter_key: bytes | None = None) -> None:
        """keys: 32 bytes each. reporter_key: 32 bytes; by default derived from the last, oldest key.

        Hashes of reporters must stay equal over years, so whoever drops the oldest key passes `reporter_key`.
        """
        if not keys:
            raise CannotStart("key_ring_empty")
        self._keys: dict[str, Fernet] = {}
        for number, key in enumerate(keys, start=1):
            if _id_of(key) in self._keys:
                raise CannotStart("key_twice", number=number)
            self._keys[_id_of(key)] = Fernet(base64.urlsafe_b64encode(key))
        self._sealing_id = _id_of(keys[0])
        self._root = keys[-1]
        self._reporter_key = reporter_key or self.derive(_REPORTER_PURPOSE)

    @classmethod
    def from_settings(cls, keys: Sequence[str], reporter_key: str | None = None) -> "KeyRing":
        """A ring from keys in base64url, newest first. Raises CannotStart."""
        read = [_read_key(key, number) for number, key in enumerate(keys, start=1)]
        return cls(read, _read_key(reporter_key, len(keys) + 1) if reporter_key else None)

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        """The ring of the embedded default: `path` is made with a new key, mode 0600, if it is not there.

        Raises CannotStart if others can read the file or it is not `{"keys": ["…"]}`.
        """
        if not path.exists():
            _write_once(path, json.dumps({"keys": [new_key()]}))
        return cls.from_settings(_read_file(path))

    @property
    def known_ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._keys)

    def require(self, stored_ids: Iterable[str]) -> None:
        """Raises CannotStart if something is sealed with a key the ring lacks: a service asks before it starts."""
        missing = set(stored_ids) - self._keys.keys()
        if missing:
            raise CannotStart("key_missing", ids=sorted(missing))

    def seal(self, content: bytes) -> bytes:
        """`<key id>:<token>`, readable only with the ring; equal contents give different results."""
        return self._sealing_id.encode() + _SEPARATOR + self._keys[self._sealing_id].encrypt(content)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed. Raises Unreadable."""
        key = self._keys.get(key_id_of(sealed))
        if key is None:
            raise Unreadable(f"sealed with key {key_id_of(sealed)}, which the ring lacks")
        try:
            return key.decrypt(sealed.partition(_SEPARATOR)[2])
        except InvalidToken:
            raise Unreadable("the sealed value is damaged") from None

    def is_stale(self, sealed: bytes) -> bool:
        """Whether a key other than the newest sealed it, so that it should be sealed anew."""
        return key_id_of(sealed) != self._sealing_id

    def derive(self, purpose: bytes) -> bytes:
        """32 bytes for one purpose; the keys themselves only ever seal. Changes when the oldest key is dropped."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(self._root)

    def hash_reporter(self, name: str | None, phone: str | None) -> str | None:
        """Keyed hash of who reports, 64 hexadecimal digits: the phone in E.164, else the name; None without either.

        The same number in any spelling gives the same hash; without a country code it is read as a Chinese one.
        """
        identity = _identity_of(name, phone)
        return hmac.new(self._reporter_key, identity.encode(), hashlib.sha256).hexdigest() if identity else None

    def hash_household(self, project: str, household: str) -> str:
        """Keyed hash of a household of a project in its one spelling, 64 hexadecimal digits."""
        return hmac.new(self._reporter_key, f"household {project} {household}".encode(), hashlib.sha256).hexdigest()


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed it. Raises Unreadable for what was never sealed."""
    key_id, separator, _ = sealed.partition(_SEPARATOR)
    if not separator or len(key_id) != _ID_LENGTH or not key_id.isalnum():
        raise Unreadable("the value is not sealed")
    return key_id.decode("ascii")


def new_key() -> str:
    """A new key, as settings and key file hold it: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def normalise_phone(phone: str) -> str:
    """E.164 (`+8613800000000`) where it is a number, otherwise its letters and digits: people write all sorts there."""
    if mobile := plain_mobile(phone):
        return mobile
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", phone), "CN")
    except phonenumbers.NumberParseException:
        return _squeeze(phone)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def plain_mobile(phone: str) -> str | None:
    """The E.164 form of a Chinese mobile number written without spaces; None for anything else."""
    found = _CHINESE_MOBILE.fullmatch(phone)
    return f"+86{found[1]}" if found else None


def _identity_of(name: str | None, phone: str | None) -> str:
    if phone and (number := normalise_phone(phone)):
        return f"phone:{number}"
    squeezed = _squeeze(name or "")
    return f"name:{squeezed}" if squeezed else ""


def _squeeze(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _id_of(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:_ID_LENGTH]


def _read_key(key: str, number: int) -> bytes:
    try:
        read = base64.b64decode(key.strip().encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        read = b""
    if len(read) != 32:
        raise CannotStart("key_malformed", number=number)
    return read


def _write_once(path: Path, content: str) -> None:
    """Write `path` unless it is there meanwhile: of two processes starting at once both read what one wrote."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _read_file(path: Path) -> list[str]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise CannotStart("key_file_open", path=str(path), mode=f"{mode:o}")
    try:
        keys = json.loads(path.read_text(encoding="utf-8"))["keys"]
    except (ValueError, KeyError, TypeError):
        keys = None
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise CannotStart("key_file_malformed", path=str(path))
    return keys
