"""A folder of packs, each broken in one place: `huiyin policy check` names the line and says in both languages what is
wrong. The first lines of each pack say what is expected."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli import app

BROKEN = sorted(Path(__file__).with_name("broken").glob("*.yaml"))
_HEAD = re.compile(r"# expected: (\d+)\n# zh: (.+)\n# en: (.+)\n")


def checked(path: Path, language: str, *options: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["policy", "check", str(path), *options], env={"HUIYIN_LANGUAGE": language})
    return answer.exit_code, answer.output


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_a_broken_pack_is_refused_with_its_line_and_words(path: Path) -> None:
    expected = _HEAD.match(path.read_text(encoding="utf-8"))
    assert expected is not None
    line, zh, en = expected.groups()
    for language, words in (("zh", zh), ("en", en)):
        code, told = checked(path, language)
        assert code == 5
        first = told.splitlines()[0]
        assert first.startswith(f"{path}:{line}:")
        assert words in first
    code, told = checked(path, "en", "--json")
    found = json.loads(told)[0]
    assert (code, found["line"], found["message"]) == (5, int(line), en)


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len(BROKEN) >= 30
    assert len({path.read_text(encoding="utf-8") for path in BROKEN}) == len(BROKEN)
