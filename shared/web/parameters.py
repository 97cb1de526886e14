"""Headers that moves and registrations take."""

from typing import Annotated

from fastapi import Depends, Header

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key with the same content does the thing once; ASCII without spaces",
    ),
]


def _version(
    value: Annotated[
        str | None,
        Header(
            alias="If-Match",
            pattern=r'^(\*|[0-9]{1,15}|"[0-9]{1,15}")$',
            description='the version the caller worked from, as `3` or `"3"`; `*` for any',
        ),
    ] = None,
) -> int | None:
    if value is None or value == "*":
        return None
    return int(value.strip('"'))


IfMatch = Annotated[int | None, Depends(_version)]
"""The version in `If-Match`, or None where any will do."""
