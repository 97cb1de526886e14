"""Who is asking: a key or token in `Authorization`, or the cookie of a browser session."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from shared.access.keys import KeyBook, bootstrap_principal, digest_of, principal_of
from shared.access.principal import Principal
from shared.errors import OutOfScope, Refused, Unauthenticated

SESSION_COOKIE = "huiyin_session"

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

# Declared for OpenAPI and for reading the request; what is missing or wrong is refused below, in our own words.
_bearer = HTTPBearer(
    scheme_name="key", description="`hyk_…` of a system or `hys_…` of a member of staff", auto_error=False
)
_cookie = APIKeyCookie(
    name=SESSION_COOKIE, scheme_name="session", description="set by /login?token=…", auto_error=False
)

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


async def _caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    session: Annotated[str | None, Security(_cookie)],
) -> Principal:
    authenticate: Authenticate = request.app.state.authenticate
    if "authorization" in request.headers:
        # A wrong key must not fall back to whoever is signed in.
        if credentials is None:
            raise Unauthenticated
        principal = await authenticate(credentials.credentials)
    elif session:
        if not is_same_origin(request):
            raise Refused(403, "cross_site_request")
        principal = await authenticate(session)
    else:
        raise Unauthenticated
    request.state.principal = principal
    return principal


Caller = Annotated[Principal, Depends(_caller)]
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
