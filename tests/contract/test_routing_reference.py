"""Organisation, packs and keys over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.policy.loading import default_pack_text
from tests.contract.routing_api import Api, routing_api
from tests.unit.routing.examples import ORGANISATION

YAML = {"Content-Type": "application/yaml"}


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with routing_api(database_url, tmp_path) as api:
        yield api


async def put(api: Api, text: str, by: str = "zhao.min", **headers: str) -> Any:
    return await api("PUT", "/directory", by=by, content=text.encode(), headers={**YAML, **headers})


async def post(api: Api, text: str, by: str = "zhao.min") -> Any:
    return await api("POST", "/packs", by=by, content=text.encode(), headers=YAML)


async def test_an_organisation_is_loaded_and_shown_to_each_as_far_as_they_reach(api: Api) -> None:
    loaded = await put(api, ORGANISATION.replace("name: 望湖", "name: 望湖国际"))
    assert loaded.json()["nodes"] == {"created": 0, "changed": 1, "deactivated": 0, "unchanged": 7}
    shown = await api.get("/directory", by="qian.jun")
    assert [node["code"] for node in shown["nodes"]] == ["G", "R1", "P01", "P01-1", "P01-3", "P02", "R2", "P09"]
    assert [person["id"] for person in shown["people"]] == ["chen.wei", "he.qiang", "li.na", "wang.li", "wu.fang"]
    assert shown["nodes"][2]["parent"] == "R1"
    assert "addresses" not in shown["people"][2]
    shown = await api.get("/directory", by="li.na")
    assert [node["code"] for node in shown["nodes"]] == ["P01", "P01-1", "P01-3"]
    assert [person["id"] for person in shown["people"]] == ["chen.wei", "li.na"]


async def test_an_organisation_with_errors_changes_nothing_and_says_where(api: Api) -> None:
    wrong = ORGANISATION.replace("parent: R1, name: 望湖", "parent: R7, name: 望湖")
    wrong = wrong.replace("role: handler", "role: handelr", 1)
    refused = await put(api, wrong)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "directory_refused")
    assert [(e["pointer"], e["message"].partition(":")[0]) for e in problem["errors"]] == [
        ("/nodes/3/parent", "Line 7, column 40"),
        ("/people/1/posts/0/role", "Line 13, column 44"),
    ]
    assert problem["findings"][1]["code"] == "role_misspelt"
    assert "did you mean handler" in problem["errors"][1]["message"]
    chinese = await api("PUT", "/directory", by="zhao.min", language="zh", content=wrong.encode(), headers=YAML)
    assert chinese.json()["errors"][1]["message"].startswith("第 13 行第 44 列：没有角色 handelr；是否指 handler？")
    for text, status in (("", 400), ("- a", 422), ("{", 422)):
        assert (await put(api, text)).status_code == status
    assert (await api("PUT", "/directory", by="zhao.min", content=b"\xff", headers=YAML)).status_code == 400
    assert (await put(api, ORGANISATION, by="wu.fang")).status_code == 403
    picture = {"Content-Type": "image/png"}
    assert (await api("PUT", "/directory", by="zhao.min", content=b"x", headers=picture)).status_code == 415


async def test_json_is_an_organisation_too(api: Api) -> None:
    document = {"group": {"code": "G", "name": {"zh": "集团", "en": "Group"}, "pack": "developer-property"}}
    assert (await api("PUT", "/directory", by="zhao.min", json=document)).json()["nodes"]["deactivated"] == 7
    document["group"]["code"] = "G 1"
    refused = await api("PUT", "/directory", by="zhao.min", json=document)
    assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/group/code", "finding_unplaced")]


async def test_packs_are_published_once_listed_and_told_in_words(api: Api) -> None:
    assert (await post(api, default_pack_text())).status_code == 200
    second = default_pack_text().replace("version: 1\n", "version: 2\n")
    published = await post(api, second)
    assert (published.status_code, published.json()["version"]) == (201, 2)
    changed = await post(api, second.replace("value: 3wd", "value: 4wd"))
    assert (changed.status_code, changed.json()["code"]) == (409, "pack_version_exists")
    as_json = await api("POST", "/packs", by="zhao.min", json={"text": second})
    assert as_json.status_code == 200
    listed = (await api.get("/packs", by="li.na"))["items"]
    assert [(pack["code"], pack["version"]) for pack in listed] == [
        ("developer-property", 1),
        ("developer-property", 2),
    ]
    told = await api.get("/packs/developer-property?language=en&version=1")
    assert told["version"] == 1
    assert "working days" in told["text"]
    assert told["yaml"] == default_pack_text()
    assert "工作日" in (await api.get("/packs/developer-property", language="zh"))["text"]
    assert (await api("GET", "/packs/nothing")).status_code == 404
    assert (await api("GET", "/packs/developer-property?version=9")).status_code == 404


async def test_a_pack_with_errors_is_refused_with_all_of_them(api: Api) -> None:
    wrong = default_pack_text().replace("people >= 10 && amount", "poeple >= 10 && amount")
    refused = await post(api, wrong)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "pack_refused")
    finding = problem["findings"][0]
    assert (finding["path"], finding["code"] != "") == ("decisions.grade.rows[0].when", True)
    assert finding["line"] > 200
    assert "people" in problem["errors"][0]["message"]
    assert (await post(api, default_pack_text(), by="wu.fang")).status_code == 403


async def test_keys_are_made_used_listed_and_revoked(api: Api) -> None:
    body = {"kind": "staff", "person": "chen.wei", "roles": ["handler"], "node": "P01"}
    made = await api("POST", "/keys", by="zhao.min", json=body)
    assert made.status_code == 201
    key = made.json()
    assert key["token"].startswith("hys_")
    headers = {"Authorization": f"Bearer {key['token']}"}
    assert (await api("GET", "/cases", by=None, headers=headers)).status_code == 200
    listed = (await api.get("/keys", by="zhao.min"))["items"]
    (item,) = [item for item in listed if item["id"] == key["id"]]
    assert (item["person"], item["roles"], item["node"], item["revoked_at"]) == ("chen.wei", ["handler"], "P01", None)
    assert not [name for item in listed for name in item if name in {"token", "digest"}]
    revoked = await api("DELETE", f"/keys/{key['id']}", by="zhao.min")
    assert revoked.json()["revoked_at"] is not None
    assert (await api("GET", "/cases", by=None, headers=headers)).status_code == 401
    assert (await api("DELETE", "/keys/none", by="zhao.min")).status_code == 404
    for by in ("wu.fang", "li.na"):
        assert (await api("GET", "/keys", by=by)).status_code == 403
        assert (await api("POST", "/keys", by=by, json=body)).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"kind": "robot"}, ["/kind"]),
        ({"kind": "system"}, ["/source", "/projects"]),
        ({"kind": "system", "source": "app", "projects": ["P77"]}, ["/projects/0"]),
        ({"kind": "system", "source": "app", "projects": ["P01"], "node": "P01"}, ["/node"]),
        ({"kind": "staff", "person": "x", "roles": ["king"], "node": "P01"}, ["/roles/0"]),
    ],
)
async def test_a_key_needs_what_its_kind_needs(api: Api, body: dict[str, Any], pointers: list[str]) -> None:
    refused = await api("POST", "/keys", by="zhao.min", json=body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == pointers
