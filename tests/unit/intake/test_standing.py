"""What can still be done with a complaint: every standing answers every command."""

import pytest

from services.intake.domain import Standing
from services.intake.policy.standing import Command, Verdict, allowed_for, command_of, verdict_on

TABLE = """
            open     withdrawn  erased
answer      do       refuse     refuse
say         do       do         refuse
amend       do       refuse     refuse
withdraw    do       nothing    refuse
erase       do       do         nothing
read_text   do       do         refuse
"""


def test_every_standing_answers_every_command_as_the_table_says():
    head, *rows = TABLE.strip().splitlines()
    said = {
        (command, standing): verdict
        for command, *verdicts in map(str.split, rows)
        for standing, verdict in zip(head.split(), verdicts, strict=True)
    }
    assert said == {(c.value, s.value): verdict_on(c, s).value for c in Command for s in Standing}


def test_allowed_commands_are_those_that_are_carried_out():
    for standing in Standing:
        assert allowed_for(standing) == [c.value for c in Command if verdict_on(c, standing) is Verdict.DO]


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        ("accepted", Command.ANSWER),
        ("rejected", Command.ANSWER),
        ("dissatisfied", Command.SAY),
        ("information", Command.SAY),
        ("survey", Command.SAY),
    ],
)
def test_taking_a_stand_on_a_reply_is_apart_from_other_words(kind, command):
    assert command_of(kind) is command
