"""A survey through the running product: opened, answered, closed; its figures and the improvement it calls for."""

from pathlib import Path
from typing import Any

import yaml

from shared.policy.loading import packaged_pack_text
from tests.product.installation import ROOT, Installation
from tests.product.waiting import eventually

SURVEYS = "/intake/v1/surveys"


def test_a_survey_goes_from_the_draw_to_the_improvement(victim: Installation, tmp_path: Path) -> None:
    victim.start()
    _under_the_survey_pack(victim, tmp_path)
    head = victim.client("customer_service_head", "R1")
    opening = {"project": "P07", "survey": "satisfaction", "households": [f"1-1-{n}" for n in range(10)]}

    def opened() -> Any:
        answer = head.post(SURVEYS, json=opening)
        return answer.json() if answer.status_code in (200, 201) else None

    survey = eventually(opened, what="the project is known to intake and the survey opened")
    assert len(survey["households"]) == 2
    for asked, rating in zip(survey["households"], (5, 1), strict=True):
        answer = {"household": asked["household"], "mode": "phone", "topics": {"security": rating}}
        head.post(f"{SURVEYS}/{survey['id']}/answers", json=answer).raise_for_status()
    closed = head.post(f"{SURVEYS}/{survey['id']}/close").raise_for_status().json()
    assert closed["result"]["below"] == ["security"]
    victim.settle()
    figures = head.get(f"/reporting/v1/surveys/{survey['id']}").raise_for_status().json()
    assert (figures["state"], figures["answered"], figures["whole"]["share"]) == ("closed", 2, 0.5)
    (improvement,) = [
        duty for duty in head.get("/sla/v1/duties?project=P07").json()["items"] if duty["kind"] == "improvement"
    ]
    assert improvement["about"] == ["security"]
    notices = head.get(f"/notify/v1/notices?case={survey['id']}").json()["items"]
    assert {notice["to"]["role"] for notice in notices} == {"director", "deputy_manager"}
    assert victim.stop() < 15


def _under_the_survey_pack(victim: Installation, tmp_path: Path) -> None:
    """One more project, which lives by the pack that asks for surveys."""
    pack = tmp_path / "pack.yaml"
    pack.write_text(packaged_pack_text("owner-communication"), encoding="utf-8")
    victim.command("policy", "publish", str(pack))
    organisation = yaml.safe_load((ROOT / "deploy/local/demo-organisation.yaml").read_text("utf-8"))
    name = {"zh": "云山苑", "en": "Yunshan Court"}
    organisation["nodes"].append(
        {"code": "P07", "kind": "project", "parent": "R1", "pack": "owner-communication", "name": name}
    )
    file = tmp_path / "organisation.yaml"
    file.write_text(yaml.safe_dump(organisation, allow_unicode=True), encoding="utf-8")
    victim.command("directory", "load", str(file))
