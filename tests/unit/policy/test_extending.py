"""A local pack that extends a group's: it adds and tightens, inherits the rest, and drops nothing."""

import pytest

from shared.policy.document.limits import Limit
from shared.policy.findings import Finding, PackRefused
from shared.policy.loading import check_pack, load_pack, packaged_pack_text, packaged_packs, standalone_text
from shared.policy.pack import Pack
from tests.unit.policy.test_language_page import EXAMPLES, with_example

GROUP = with_example("".join(EXAMPLES[name] for name in ("PA", "DE", "LD", "GU")))
LOCAL = """\
pack: north-branch
extends: town-library
title: {zh: 北馆读者投诉, en: Complaints of the north branch}
implements: [N-1]
version: 3
effective: 2026-06-01
params:
  at_once: {value: 15min, rule: N-1/r01}
clocks:
  finish: {zh: 北馆办结, within: 10wd, rule: N-1/r02}
decisions:
  grade:
    rows:
      - {give: high, when: "readers >= 5", rule: N-1/r03}
guards:
  - {forbid: reply, when: "!contactable", text: {zh: 先取得联系, en: Find the reader first.}, rule: N-1/r04}
scripts:
  - {at: reply, zh: 由北馆答复, en: The branch answers., rule: N-1/r05}
"""


def of_group(code: str) -> str | None:
    return GROUP if code == "town-library" else None


def local(text: str = LOCAL) -> Pack:
    return load_pack(text, "north.yaml", group=of_group)


def finding(before: str, after: str) -> Finding:
    assert before in LOCAL
    [found] = check_pack(LOCAL.replace(before, after), "north.yaml", of_group)
    return found


def test_it_is_its_own_pack_and_inherits_the_rest() -> None:
    pack, group = local(), load_pack(GROUP)
    assert (pack.code, pack.version, pack.document.implements) == ("north-branch", 3, ("L-1", "N-1"))
    assert pack.document.roles == group.document.roles
    assert pack.document.clocks["finish"].until == group.document.clocks["finish"].until
    assert pack.document.clocks["finish"].en == "finish"


def test_it_adds_and_tightens() -> None:
    document, group = local().document, load_pack(GROUP).document
    assert document.params["at_once"].value == "15min"
    assert document.params["at_once"].calendar == "office"
    assert document.clocks["finish"].within == Limit.model_validate("10wd")
    assert document.clocks["finish"].rule == ("N-1/r02",)
    assert len(document.guards) == len(group.guards) + 1
    assert [row.when for row in document.decisions["grade"].rows] == ["readers >= 5", "readers >= 10", None]


def test_a_published_text_stands_on_its_own() -> None:
    text = standalone_text(LOCAL, "north.yaml", of_group)
    assert "extends" not in text
    assert load_pack(text).document == local().document
    assert standalone_text(GROUP) == GROUP


@pytest.mark.parametrize("code", packaged_packs())
def test_every_pack_that_comes_with_the_product_can_be_extended(code: str) -> None:
    group = load_pack(packaged_pack_text(code)).document
    text = f"pack: mine\nextends: {code}\ntitle: {{zh: 本地, en: mine}}\nimplements: []\nversion: 1\n"
    text += "effective: 2027-01-01\n"
    alone = load_pack(standalone_text(text)).document
    assert alone == load_pack(text).document
    assert (alone.steps, alone.clocks, alone.decisions) == (group.steps, group.clocks, group.decisions)


@pytest.mark.parametrize(
    ("before", "after", "code", "at", "words"),
    [
        ("value: 15min", "value: 45min", "not_tighter", "value: 45min", "45min is not tighter than the group's 30min"),
        ("within: 10wd", "within: 16wd", "not_tighter", "within: 16wd", "16wd is not tighter than the group's 15wd"),
        ("within: 10wd", "within: 24h", "not_tighter", "within: 24h", "15wd"),
        ("within: 10wd", "until: replied", "group_decides", "until: replied", "clocks.finish.until"),
        ("    rows:", "    hit: first\n    rows:", "group_decides", "hit: first", "decisions.grade.hit"),
        ("version: 3", "version: 3\nadmits: desk", "group_decides", "admits", "admits"),
        ("extends: town-library", "extends: village-library", "no_group_pack", "extends", "village-library"),
        ("readers >= 5", "raeders >= 5", "undeclared", "raeders", "raeders"),
    ],
)
def test_what_loosens_is_refused_at_its_place(before: str, after: str, code: str, at: str, words: str) -> None:
    found = finding(before, after)
    assert (found.file, found.code) == ("north.yaml", code)
    assert LOCAL.replace(before, after).splitlines()[found.line - 1][found.column - 1 :].startswith(at)
    assert words in found.message("en")
    assert found.message("zh") != found.message("en")


def test_a_pack_that_extends_itself_is_refused() -> None:
    with pytest.raises(PackRefused) as refused:
        load_pack(LOCAL.replace("extends: town-library", "extends: circle"), group=lambda _: LOCAL.replace(
            "extends: town-library", "extends: circle"))  # fmt: skip
    assert [found.code for found in refused.value.findings] == ["extends_itself"]
