"""Who is asking: a key or token in `Authorization`, or the cookie of a browser session."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.openapi.models import APIKey, APIKeyIn, HTTPBearer
from fastapi.security.base import SecurityBase

from shared.access.keys import KeyBook, bootstrap_principal, digest_of, principal_of
from shared.access.principal import Principal
from shared.errors import OutOfScope, Refused, Unauthenticated

SESSION_COOKIE = "huiyin_session"

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

# Finds the principal of a token. Raises Unauthenticated.
Authenticate = Callable[[str], Awaitable[Principal]]


def authenticated(keys: KeyBook, bootstrap: str | None = None) -> Authenticate:
    """The check of tokens against `keys`; `bootstrap` is the token of the settings, an operator of the whole group."""
    bootstrap_digest = digest_of(bootstrap) if bootstrap else None

    async def authenticate(token: str) -> Principal:
        try:
            digest = digest_of(token)
        except ValueError:
            raise Unauthenticated from None
        if bootstrap_digest is not None and hmac.compare_digest(digest, bootstrap_digest):
            return bootstrap_principal()
        # The look-up by digest takes no constant time and need not: what its timing could tell is how far the digest
        # of a guess agrees with a stored one, and nobody can choose a token by its SHA-256, nor turn a digest back.
        record = await keys.find(digest)
        if record is None or record.revoked_at is not None:
            raise Unauthenticated
        return principal_of(record)

    return authenticate


class _Callers(SecurityBase):
    """The dependency behind `Caller`, and what OpenAPI says of it.

    One dependency that reads the request itself: resolving FastAPI's two below it takes longer than the check.
    """

    scheme_name = "key"
    model = HTTPBearer(description="`hyk_…` of a system or `hys_…` of a member of staff")

    async def __call__(self, request: Request) -> Principal:
        authenticate: Authenticate = request.app.state.authenticate
        authorization = request.headers.get("authorization")
        if authorization is not None:
            # A wrong key must not fall back to whoever is signed in.
            scheme, _, token = authorization.partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated
            principal = await authenticate(token.strip())
        elif session := request.cookies.get(SESSION_COOKIE):
            if not is_same_origin(request):
                raise Refused(403, "cross_site_request")
            principal = await authenticate(session)
        else:
            raise Unauthenticated
        request.state.principal = principal
        return principal


caller_of = _Callers()
"""The principal of a request, for those who have no parameters to be given. Raises Unauthenticated."""

SESSION_SCHEME = APIKey(**{"in": APIKeyIn.cookie}, name=SESSION_COOKIE, description="set by /login?token=…")
"""The other way in, for OpenAPI: wherever a key is taken, so is the session of a browser."""

Caller = Annotated[Principal, Depends(caller_of)]
"""The parameter of a route that needs to know who asks: `async def cases(caller: Caller)`."""


def require(*roles: str) -> Callable[..., Awaitable[Principal]]:
    """A dependency passing only callers with one of `roles`: `Annotated[Principal, Depends(require("operator"))]`."""

    async def required(caller: Caller) -> Principal:
        if not caller.has_role(*roles):
            raise OutOfScope
        return caller

    return required


def is_same_origin(request: Request) -> bool:
    """Whether a request may use the session cookie: it reads, or a page of ours sent it.

    SameSite=Strict already keeps other sites' requests without the cookie; this also stops a neighbour on the same
    site, such as another port of one host.
    """
    if request.method in _READING:
        return True
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host", "")
