"""Signing in and out with a browser, and choosing the language."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from shared.errors import Refused, Unauthenticated
from shared.texts.languages import known
from shared.web.authentication import SESSION_COOKIE, Authenticate, is_same_origin
from shared.web.forms import read_form
from shared.web.pages import Pages
from shared.web.requests import LANGUAGE_COOKIE, is_local_path

SESSION_SECONDS = 12 * 3600
_LANGUAGE_SECONDS = 365 * 24 * 3600

Target = Annotated[str, Query(alias="next", max_length=2000)]


def session_routes(authenticate: Authenticate, pages: Pages) -> APIRouter:
    """`/login`, `/logout` and `/language/{zh|en}`; none of them is part of the described interface."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def show_sign_in(
        request: Request, token: Annotated[str | None, Query(max_length=200)] = None, target: Target = "/"
    ) -> Response:
        if token is None:
            return pages.response(request, "sign_in.html", target=target, refused=False)
        return await sign_in(request, token, target)

    @router.post("/login")
    async def submit_sign_in(request: Request) -> Response:
        _demand_same_origin(request)
        form = await read_form(request)
        return await sign_in(request, form.get("token", "").strip(), form.get("next", "/"))

    async def sign_in(request: Request, token: str, target: str) -> Response:
        try:
            await authenticate(token)
        except Unauthenticated:
            again = f"/login?next={quote(target, safe='')}"
            return pages.response(request, "sign_in.html", status=401, target=target, refused=True, here=again)
        response = RedirectResponse(target if is_local_path(target) else "/", 303)
        response.set_cookie(
            SESSION_COOKIE,
            token,
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    @router.post("/logout")
    async def sign_out(request: Request) -> Response:
        _demand_same_origin(request)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
        return response

    @router.get("/language/{tag}")
    async def choose_language(request: Request, tag: str, target: Target = "/") -> Response:
        response = RedirectResponse(target if is_local_path(target) else "/", 303)
        response.set_cookie(
            LANGUAGE_COOKIE,
            known(tag) or "zh",
            max_age=_LANGUAGE_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    return router


def _demand_same_origin(request: Request) -> None:
    if not is_same_origin(request):
        raise Refused(403, "cross_site_request")
