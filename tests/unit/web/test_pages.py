"""Pages: one layout in two languages, nothing from elsewhere, nothing unescaped."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.web import pages

FOLDER = Path(pages.__file__).parent


async def test_markup_in_a_value_stays_text(client: httpx.AsyncClient, keys: Any) -> None:
    page = await client.get("/intake/page", headers={"authorization": f"Bearer {keys.staff('handler')}"})
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.text
    assert "<b>bold" not in page.text


async def test_the_navigation_links_every_service_with_pages_and_marks_this_one(
    client: httpx.AsyncClient, keys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "SERVICES", ("intake", "reporting"))
    page = await client.get("/intake/page", headers={"authorization": f"Bearer {keys.staff('handler')}"})
    links = re.findall(r'<a href="(/\w+/)"', page.text)
    assert links == [f"/{service}/" for service in pages.SERVICES]
    assert '<a href="/intake/" aria-current="page">' in page.text


async def test_the_language_is_chosen_by_cookie_before_the_header(client: httpx.AsyncClient) -> None:
    page = await client.get("/login", headers={"accept-language": "en"})
    assert '<html lang="en">' in page.text
    assert "中文</a>" in page.text
    switched = await client.get("/language/zh?next=/login")
    assert (switched.status_code, switched.headers["location"]) == (303, "/login")
    page = await client.get("/login", headers={"accept-language": "en"})
    assert '<html lang="zh-CN">' in page.text
    assert page.headers["content-language"] == "zh"


async def test_switching_the_language_comes_back_to_the_same_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/login?next=/routing/%3Fstate%3Dclosed", headers={"accept-language": "en"})
    assert 'href="/language/zh?next=/login%3Fnext%3D/routing/%253Fstate%253Dclosed"' in page.text


@pytest.mark.parametrize("path", ["/static/style.css", "/static/icon.svg"])
async def test_static_files_are_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/../pages.py", "/static/%2e%2e/pages.py", "/static/", "/static/nothing.css"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("path", sorted((FOLDER / "templates").glob("*.html")), ids=lambda path: path.name)
def test_templates_load_nothing_from_elsewhere_and_hold_no_script_or_style(path: Path) -> None:
    html = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|//\w", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    assert not re.search(r"[\u4e00-\u9fff]", html), "words belong in shared/texts"
    assert "|safe" not in html.replace(" ", "")


def test_the_style_loads_nothing_from_elsewhere() -> None:
    css = (FOLDER / "static" / "style.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", css)


def rgb(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    lights = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), rgb(x), strict=True)) for x in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(text, ground) for text in ("ink", "muted", "accent") for ground in ("paper", "surface", "accent-soft")],
        ("accent-ink", "accent"),
        *[(kind, f"{kind}-soft") for kind in ("bad", "warn", "good")],
        ("bad", "surface"),
    ],
)
def test_words_stand_out_from_their_ground(scheme: int, text: str, ground: str) -> None:
    """WCAG 2 level AA for text: 4.5 to 1."""
    css = (FOLDER / "static" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]))
    assert contrast(colours[text], colours[ground]) >= 4.5
