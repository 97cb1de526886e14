"""Where the refused lines of an import go: the file that was told, which is never the one to import."""

import json
from pathlib import Path

import pytest
import typer

from services.console.importing import Refusals
from services.console.output import EXIT_USAGE
from services.console.reading import Line


def test_refused_lines_are_written_with_their_reasons_for_nobody_else_to_read(tmp_path: Path) -> None:
    target = tmp_path / "refused.jsonl"
    target.write_text("of the last import", encoding="utf-8")
    refusals = Refusals(target, tmp_path / "complaints.csv")
    assert not target.exists()
    refusals.add(Line(7, {"id": "S-7"}), "没有时间")
    entry = json.loads(target.read_text(encoding="utf-8"))
    assert (entry["line"], entry["reason"], entry["values"]) == (7, "没有时间", {"id": "S-7"})
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("way", ["import.csv", "./import.csv", "link.csv", "missing/refused.jsonl", "folder"])
def test_what_cannot_be_written_ends_the_import_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.chdir(tmp_path)
    source = Path("import.csv")
    source.write_text("id\n1\n", encoding="utf-8")
    Path("link.csv").symlink_to(source)
    Path("folder").mkdir()
    with pytest.raises(typer.Exit) as ended:
        Refusals(Path(way), source)
    assert ended.value.exit_code == EXIT_USAGE
    assert "--refused" in capsys.readouterr().err
    assert source.read_text(encoding="utf-8") == "id\n1\n"
