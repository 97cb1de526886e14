"""Notices in words: every text in both languages, instants in the project's zone, labels from the pack."""

import pytest

from services.notify.domain import Kind, Reason, Recipient
from services.notify.render import render
from shared.events.records import PackV1
from shared.policy.loading import default_pack_text
from shared.reference.book import Reference
from shared.texts import catalogue
from tests.unit.notify.examples import NODES, PACK, claim, directory, pack

DUE = {"clock": "reply", "due_at": "2026-11-27T10:00:00.000000Z"}


@pytest.fixture(scope="module")
def reference() -> Reference:
    record = PackV1(
        code=PACK.code, version=1, effective=pack().effective, digest=pack().digest, text=default_pack_text()
    )
    return Reference(directory=directory(), packs={(PACK.code, 1): record})


TEXTS = [
    ("acknowledgement", {}, ["P01-2026-0001", "听澜花园"], ["P01-2026-0001", "Tinglan Garden"]),
    ("acknowledgement_promised", DUE, ["2026年11月27日 18:00"], ["2026-11-27 18:00"]),
    ("assignment", {"department": "property"}, ["物业公司"], ["property company"]),
    ("vacancy", {"department": "property"}, ["物业公司", "指定责任人"], ["property company", "nobody is in charge"]),
    ("warning", DUE, ["答复", "2026年11月27日 18:00", "责任人"], ["reply", "2026-11-27 18:00", "person in charge"]),
    ("breach", DUE, ["已于 2026年11月27日 18:00 到期"], ["was due at 2026-11-27 18:00"]),
    ("slip", {**DUE, "level": 1, "ladder": "late"}, ["特发此催办单"], ["By this chase slip you are asked"]),
    ("escalation", {**DUE, "level": 3}, ["第 3 级"], ["level 3"]),
    ("delay", DUE, ["谅解"], ["patience"]),
    ("correction", DUE, ["按时完成"], ["in time"]),
    (
        "correction_moved",
        {**DUE, "runs_until": "2026-12-04T10:00:00.000000Z"},
        ["2026年11月27日", "现时限为 2026年12月04日 18:00"],
        ["now due at 2026-12-04 18:00"],
    ),
    ("reply", {"texts_version": 1}, ["水管已修好 {number}"], ["水管已修好 {number}"]),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("code", "params", "zh", "en"), TEXTS)
def test_every_notice_is_written_in_the_language_of_its_recipient(reference, code, params, zh, en, language):
    # What staff wrote is never read as a template.
    title, text = render(claim(code=code, params=params, language=language), reference, "水管已修好 {number}")
    for part in zh if language == "zh" else en:
        assert part in text
    assert "P01-2026-0001" in title
    assert "{" not in title
    if language == "en" and code != "reply":
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in title + text)


def test_the_role_is_called_as_the_pack_calls_it(reference):
    escalation = {"code": "escalation", "kind": Kind.ESCALATION, "params": {**DUE, "level": 2}}
    _, text = render(claim(**escalation, recipient=Recipient("cs_head", "wu.fang")), reference)
    assert "客户服务部负责人" in text
    _, text = render(claim(**escalation, recipient=Recipient("regional_leader", "x"), language="en"), reference)
    assert "regional leader" in text


def test_the_zone_of_the_project_is_used_and_the_nearest_wins(reference):
    abroad = Reference(
        directory=type(directory()).of(
            [n.model_copy(update={"zone": "Asia/Tokyo"}) if n.code == "P01" else n for n in NODES], []
        ),
        packs=reference.packs,
    )
    assert "19:00" in render(claim(code="breach", params=DUE), abroad)[1]


def test_what_the_directory_or_the_pack_does_not_know_is_shown_by_its_code(reference):
    _, text = render(
        claim(project="P77", code="warning", params={**DUE, "clock": "my_clock"}, language="en"), reference
    )
    assert "P77" in text
    assert "my clock" in text


def test_a_language_nobody_speaks_here_reads_chinese(reference):
    assert "已登记" in render(claim(code="acknowledgement", params={}, language="fr"), reference)[0]


def test_every_reason_has_its_words():
    for reason in Reason:
        assert catalogue.exists(f"notice.reason.{reason}"), reason
