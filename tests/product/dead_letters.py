"""Dead letters as operations see them."""

from typing import Any

from tests.product.installation import Installation
from tests.product.waiting import eventually


def letters(product: Installation, service: str, language: str = "en") -> list[dict[str, Any]]:
    answer = product.client("operator", language=language).get(f"/{service}/v1/ops/dead-letters?state=open&limit=1000")
    items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
    return items


def drop(product: Installation, service: str, letter: dict[str, Any]) -> None:
    done = product.post(f"/{service}/v1/ops/dead-letters/{letter['id']}/drop", {"reason": "a test"}, "operator")
    assert done.status_code == 200, done.text


def told_in_both_languages(product: Installation, service: str, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """The letters with these keys, by key, once all are there; each says what is wrong and what to do."""

    def come() -> dict[str, dict[str, Any]] | None:
        found = {letter["key"]: letter for letter in letters(product, service) if letter["key"] in wanted}
        return found if found.keys() == wanted else None

    found = eventually(come, what="dead letters")
    in_chinese = {letter["key"]: letter for letter in letters(product, service, "zh")}
    for key, letter in found.items():
        for name in ("message", "remedy"):
            assert letter[name].isascii(), letter
            assert not in_chinese[key][name].isascii(), in_chinese[key]
    return found
