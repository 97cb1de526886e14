"""Every client option in one place, so that a change of client stays cheap."""

import ssl
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aiokafka.partitioner import murmur2
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.settings import KafkaSettings

_LOGINS: dict[str, type[SASLPlaintext | SASLScram256 | SASLScram512]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """Where and how to connect: for producer, consumer and admin client alike."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap,
        "security_protocol": settings.security,
        "request_timeout_ms": 15_000,
        "metadata_max_age_ms": 30_000,
        "retry_backoff_ms": 100,
    }
    if settings.security.endswith("SSL"):
        options["ssl_context"] = ssl.create_default_context(cafile=settings.ca_file)
    if settings.security.startswith("SASL"):
        options |= {
            "sasl_mechanism": settings.mechanism,
            "sasl_plain_username": settings.username,
            "sasl_plain_password": settings.password.get_secret_value() if settings.password else None,
        }
    return options


def security(settings: KafkaSettings) -> BaseSecurity | None:
    """The same for FastStream, which takes it in one piece. Raises ValueError for a mechanism it cannot speak."""
    if settings.security == "PLAINTEXT":
        return None
    context = connection(settings).get("ssl_context")
    encrypted = settings.security.endswith("SSL")
    if not settings.security.startswith("SASL"):
        return BaseSecurity(context, encrypted)
    if (login := _LOGINS.get(settings.mechanism)) is None:
        raise ValueError(f"mechanism {settings.mechanism!r} is none of {', '.join(_LOGINS)}")
    password = settings.password.get_secret_value() if settings.password else ""
    return login(settings.username or "", password, context, encrypted)


@lru_cache(maxsize=20_000)
def _hash(key: bytes) -> int:
    """Kafka's own hash of a key. A case's events come close together, and the client reckons it in Python."""
    hashed: int = murmur2(key)
    return hashed & 0x7FFFFFFF


def partition_of(key: bytes | None, all_partitions: Sequence[int], available: Sequence[int]) -> int:
    """Where Kafka's clients put a record with this key; every record of ours has one."""
    return all_partitions[_hash(key or b"") % len(all_partitions)]


# Idempotent with acks=all: a retry inside the client neither doubles nor reorders a partition.
PRODUCER: dict[str, Any] = {
    "partitioner": partition_of,
    "enable_idempotence": True,
    "acks": "all",
    "linger_ms": 5,
    "max_batch_size": 262_144,
    "max_request_size": 2_097_152,
}

# A blocked event loop must not get the member expelled (45 s); a dead one is replaced within that time.
CONSUMER: dict[str, Any] = {
    "auto_offset_reset": "earliest",
    "session_timeout_ms": 45_000,
    "heartbeat_interval_ms": 3_000,
    "max_poll_interval_ms": 300_000,
    # Each batch costs a transaction of a dozen statements: under load it is better to let a fifth of a second's records
    # come together than to run after each.
    "fetch_min_bytes": 262_144,
    "fetch_max_wait_ms": 200,
}

BATCH_TIMEOUT_MS = 50
BATCH_RECORDS = 1_000
