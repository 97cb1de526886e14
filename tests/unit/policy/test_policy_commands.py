"""`huiyin policy show|diff|check` on texts: no system needs to run for them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app
from tests.unit.policy.test_composing import OFFICE
from tests.unit.policy.test_extending import GROUP, LOCAL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "office.yaml").write_text(OFFICE, encoding="utf-8")
    (tmp_path / "town-library.yaml").write_text(GROUP, encoding="utf-8")
    (tmp_path / "north.yaml").write_text(LOCAL, encoding="utf-8")
    return tmp_path


def said(*args: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["policy", *map(str, args)])
    assert result.exit_code == code, result.output
    return result.output


def test_one_module_is_shown_alone(folder: Path) -> None:
    whole = said("show", folder / "office.yaml", "--language", "en")
    alone = said("show", f"{folder / 'office.yaml'}#M1", "--language", "en")
    assert "night shift: if" in whole
    assert "night shift: if" not in alone
    assert "M9" in said("show", f"{folder / 'office.yaml'}#M9", code=5)


def test_a_local_pack_finds_the_groups_beside_it(folder: Path) -> None:
    assert said("check", folder / "north.yaml")
    told = said("diff", folder / "town-library.yaml", folder / "north.yaml", "--language", "en")
    assert "10 working days" in told
    assert "15 working days" in told
    (folder / "town-library.yaml").unlink()
    assert "town-library" in said("check", folder / "north.yaml", code=5)
