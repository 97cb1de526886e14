"""The demonstration organisation, grown to as many projects as a large group has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from deploy.local import __file__ as _local

GROUP = "G"
"""The root of the demonstration organisation."""


def projects(count: int) -> list[str]:
    """Codes of the projects that are added."""
    return [f"B{number:04d}" for number in range(1, count + 1)]


def write(path: Path, codes: Sequence[str]) -> None:
    """Write the organisation with these projects more, half of them in each region, to a YAML file."""
    yaml = YAML(typ="safe")
    organisation: dict[str, Any] = yaml.load(Path(_local).with_name("demo-organisation.yaml"))
    regions = [node["code"] for node in organisation["nodes"] if node["kind"] == "region"]
    organisation["nodes"] += [
        {
            "code": code,
            "kind": "project",
            "parent": regions[number % len(regions)],
            "name": {"zh": f"项目{code}", "en": f"Project {code}"},
        }
        for number, code in enumerate(codes)
    ]
    # The demonstration's property company is staffed project by project: here one person stands in for a region.
    organisation["people"] += [
        {"id": f"bench.{region.lower()}", "name": f"物业{region}", "posts": [_post(region)]} for region in regions
    ]
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(organisation, file)


def _post(region: str) -> dict[str, str]:
    return {"role": "handler", "node": region, "department": "property"}
