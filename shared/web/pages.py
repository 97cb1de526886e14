"""Pages: one layout, one template environment, texts by code."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from shared.access.principal import Principal
from shared.texts.catalogue import render
from shared.web.requests import language_of_request

SERVICES = ("reporting",)
"""The services that serve pages, in the order of the navigation bar; the first page of each is at `/<service>/`."""

_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """The pages of one service: its own templates, which extend `layout.html`."""

    def __init__(self, templates: Path | None = None) -> None:
        self.environment = Environment(
            loader=FileSystemLoader([*([templates] if templates else []), _TEMPLATES]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def response(self, request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Render `template` for the caller: `t(code, …)`, `language`, `principal` and `path` stand beside `context`.

        `here` is where to come back to after choosing a language; a page whose address holds a secret gives its own.
        """
        language = language_of_request(request)
        principal: Principal | None = getattr(request.state, "principal", None)
        html = self.environment.get_template(template).render(
            t=partial(_text, language),
            language=language,
            other_language="zh" if language == "en" else "en",
            principal=principal,
            path=request.url.path,
            services=SERVICES,
            **{"here": here_of(request), **context},
        )
        return HTMLResponse(html, status, {"Content-Language": language, "Vary": "Accept-Language, Cookie"})

    def error(self, request: Request, problem: Mapping[str, Any]) -> Response:
        """The page for a problem; who is not signed in is sent to sign in and comes back afterwards."""
        if problem["status"] == 401:
            return RedirectResponse(f"/login?next={quote(here_of(request), safe='')}", 303)
        return self.response(request, "problem.html", status=problem["status"], problem=problem)


def _text(language: str, code: str, /, **params: Any) -> str:
    return render(code, language, **params)


def here_of(request: Request) -> str:
    """Where to come back to: the address of a page read, otherwise the start page."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
