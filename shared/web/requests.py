"""What a request says about its caller: language and whether a page or a program is asking."""

from starlette.requests import HTTPConnection

from shared.texts.catalogue import Language
from shared.texts.languages import known, language_of

LANGUAGE_COOKIE = "huiyin_language"


def language_of_request(request: HTTPConnection) -> Language:
    """The language chosen on a page, else the one `Accept-Language` prefers, else Chinese."""
    return known(request.cookies.get(LANGUAGE_COOKIE)) or language_of(request.headers.get("accept-language"))


def wants_page(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page rather than a program for data."""
    return "/v1/" not in request.url.path and "text/html" in request.headers.get("accept", "")


def is_local_path(target: str) -> bool:
    """Whether `target` stays on this site: a redirect must not lead elsewhere."""
    return target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
