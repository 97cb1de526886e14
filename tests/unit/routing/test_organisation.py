"""Reading an organisation: whatever is wrong is found with its place, in both languages."""

import json
from pathlib import Path

import pytest

from services.routing.directory.loading import nodes_of
from services.routing.directory.reading import Known, OrganisationRefused, read_organisation
from tests.unit.routing.examples import ORGANISATION

KNOWN = Known(frozenset({"handler", "customer_service_head"}), frozenset({"cs", "property", "dept", "engineering"}))


def problems(text: str, *, is_json: bool = False) -> list[tuple[str, int | None, str]]:
    with pytest.raises(OrganisationRefused) as refused:
        read_organisation(text, KNOWN, is_json=is_json)
    for problem in refused.value.problems:
        assert problem.words("zh")
        assert problem.words("zh") != problem.words("en")
    return [(problem.pointer, problem.line, problem.code) for problem in refused.value.problems]


def test_paths_run_from_the_group_down() -> None:
    nodes = {node.code: node for node in nodes_of(read_organisation(ORGANISATION, KNOWN))}
    assert nodes["P01-1"].path == ("G", "R1", "P01", "P01-1")
    assert (nodes["G"].kind, nodes["G"].pack, nodes["P01"].pack) == ("group", "developer-property", None)
    assert (nodes["P02"].name.zh, nodes["P02"].name.en) == ("望湖", "望湖")


def test_the_demonstration_organisation_is_sound() -> None:
    text = (Path(__file__).parents[3] / "deploy/local/demo-organisation.yaml").read_text()
    assert read_organisation(text, Known()).group.code == "G"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (
            "code: P02, kind: project, parent: R1",
            "code: P02, kind: project, parent: R11",
            ("/nodes/3/parent", 7, "node_misspelt"),
        ),
        (
            "code: P02, kind: project, parent: R1",
            "code: P02, kind: project, parent: zz",
            ("/nodes/3/parent", 7, "node_unknown"),
        ),
        ("code: P02, kind: project", "code: P01, kind: project", ("/nodes/3/code", 7, "node_twice")),
        (
            "code: P01-1, kind: building, parent: P01",
            "code: P01-1, kind: building, parent: R1",
            ("/nodes/5/parent", 9, "wrong_parent"),
        ),
        ("code: R1, kind: region, parent: G", "code: R1, kind: region, parent: R1", ("/nodes/0/parent", 4, "circle")),
        ("name: 望湖}", "name: 望湖, zone: Mars}", ("/nodes/3/zone", 7, "zone")),
        ("name: 望湖}", "name: 望湖, handover: 2026-01-01}", ("/nodes/3/handover", 7, "no_handover")),
        ("name: 望湖}", "name: 望湖, colour: red}", ("/nodes/3/colour", 7, "unknown")),
        (
            "kind: region, parent: G, name: 华中",
            "kind: galaxy, parent: G, name: 华中",
            ("/nodes/1/kind", 5, "not_one_of"),
        ),
        ("handover: 2024-06-30", "handover: soon", ("/nodes/5/handover", 9, "not_a_date")),
        ("id: wang.li", "id: wu.fang", ("/people/1/id", 13, "person_twice")),
        ("role: customer_service_head", "role: customer_service_haed", ("/people/0/posts/0/role", 12, "role_misspelt")),
        ("department: cs}", "department: kitchen}", ("/people/1/posts/0/department", 13, "department_unknown")),
        ("mailto://li@example.com", "li@example.com", ("/people/2/addresses/0", 17, "bad_format")),
        ("nodes:\n", "nodes:\nnodes:\n", ("", 4, "key_twice")),
        ("group: {code: G,", "group: {code: G", ("", 2, "not_yaml")),
    ],
)
def test_what_is_wrong_is_found_in_its_line(before: str, after: str, found: tuple[str, int, str]) -> None:
    assert before in ORGANISATION
    assert found in problems(ORGANISATION.replace(before, after, 1))


def test_json_is_read_too() -> None:
    document = {
        "group": {"code": "G", "name": "集团"},
        "nodes": [{"code": "P", "kind": "project", "parent": "H", "name": "p"}],
    }
    assert problems(json.dumps(document), is_json=True) == [("/nodes/0/parent", None, "node_unknown")]
