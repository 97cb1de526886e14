"""Who may come in: keys in a header, sessions in a cookie, nobody else."""

from typing import Any

import httpx
import pytest

COMPLAINTS = "/intake/v1/complaints"
BODY = {"project": "P01", "narrative": "x"}


async def post(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post(COMPLAINTS, json=BODY, headers={name.replace("_", "-"): v for name, v in headers.items()})


async def test_a_key_names_its_system(client: httpx.AsyncClient, keys: Any) -> None:
    answer = await post(client, authorization=f"Bearer {keys.system()}")
    assert (answer.status_code, answer.json()["actor"]) == (201, "app")


async def test_a_token_names_its_person_whatever_the_case_of_bearer(client: httpx.AsyncClient, keys: Any) -> None:
    answer = await post(client, authorization=f"bearer {keys.staff('front_desk')}")
    assert answer.json()["actor"] == "li.na"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic aGVsbG86d29ybGQ=",
        "Bearer hyk_unknown",
        "Bearer bootstrap-toke",
        "Bearer " + "x" * 5000,
        "Bearer a b",
        "Bearer é",
    ],
)
async def test_what_names_nobody_is_401(client: httpx.AsyncClient, authorization: str) -> None:
    answer = await client.post(COMPLAINTS, json=BODY, headers={"authorization": authorization.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_no_header_at_all_is_401(client: httpx.AsyncClient) -> None:
    assert (await post(client)).status_code == 401


async def test_a_revoked_key_is_401(client: httpx.AsyncClient, keys: Any) -> None:
    assert (await post(client, authorization=f"Bearer {keys.staff('handler', revoked=True)}")).status_code == 401


async def test_who_is_unknown_learns_nothing_about_fields(client: httpx.AsyncClient) -> None:
    answer = await client.post(COMPLAINTS, json={"nonsense": 1})
    assert answer.status_code == 401


async def test_the_bootstrap_token_is_an_operator(client: httpx.AsyncClient, keys: Any) -> None:
    bearer = {"authorization": "Bearer bootstrap-token"}
    assert (await client.get("/intake/v1/keys", headers=bearer)).json() == {"actor": "bootstrap"}
    other = {"authorization": f"Bearer {keys.staff('handler')}"}
    assert (await client.get("/intake/v1/keys", headers=other)).status_code == 403


async def sign_in(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get(f"/login?token={token}&next=/intake/page%3Fa%3D1")


async def test_signing_in_sets_a_cookie_scripts_and_other_sites_cannot_use(
    client: httpx.AsyncClient, keys: Any
) -> None:
    answer = await sign_in(client, keys.staff("handler"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/page?a=1")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "secure", "path=/"))
    page = await client.get("/intake/page", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "li.na" in page.text


async def test_over_plain_http_the_cookie_still_works(app: Any, keys: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client:
        answer = await sign_in(client, keys.staff("handler"))
        assert "secure" not in answer.headers["set-cookie"].lower()
        assert (await client.get("/intake/page")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 201),
        ({"origin": "https://huiyin.test"}, 201),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": "https://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://huiyin.test"}, 403),
    ],
)
async def test_a_change_by_cookie_must_come_from_our_pages(
    client: httpx.AsyncClient, keys: Any, headers: dict[str, str], status: int
) -> None:
    await sign_in(client, keys.staff("front_desk"))
    answer = await client.post(COMPLAINTS, json=BODY, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site_request"


async def test_a_wrong_key_does_not_fall_back_to_the_session(client: httpx.AsyncClient, keys: Any) -> None:
    await sign_in(client, keys.staff("front_desk"))
    answer = await post(client, authorization="Bearer hyk_wrong", sec_fetch_site="same-origin")
    assert answer.status_code == 401


async def test_a_wrong_token_shows_the_form_again(client: httpx.AsyncClient) -> None:
    answer = await sign_in(client, "hys_wrong")
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert 'role="alert"' in answer.text
    assert "hys_wrong" not in answer.text


async def test_the_form_signs_in_from_our_page_alone(client: httpx.AsyncClient, keys: Any) -> None:
    form = {"token": f" {keys.staff('handler')} ", "next": "/intake/page"}
    assert (await client.post("/login", data=form)).status_code == 403
    answer = await client.post("/login", data=form, headers={"origin": "https://huiyin.test"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/page")


async def test_signing_out_forgets_the_session(client: httpx.AsyncClient, keys: Any) -> None:
    await sign_in(client, keys.staff("handler"))
    assert (await client.post("/logout")).status_code == 403
    await client.post("/logout", headers={"sec-fetch-site": "same-origin"})
    assert (await client.get("/intake/v1/keys")).status_code == 401


async def test_a_page_sends_who_is_not_signed_in_to_sign_in_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/page?a=1&b=2", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fintake%2Fpage%3Fa%3D1%26b%3D2")


@pytest.mark.parametrize("target", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/a\nb"])
async def test_signing_in_never_leads_to_another_site(client: httpx.AsyncClient, keys: Any, target: str) -> None:
    answer = await client.get("/login", params={"token": keys.staff("handler"), "next": target})
    assert answer.headers["location"] == "/"
