"""What can still be done with a complaint that the customer withdrew or whose person was erased: a total table."""

from enum import StrEnum

from services.intake.domain import Standing


class Command(StrEnum):
    """What callers ask for. Answers to a reply are apart from other words of the customer."""

    ANSWER = "answer"  # accepted or rejected: takes a stand on a reply
    SAY = "say"  # dissatisfied, information, survey
    AMEND = "amend"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    READ_TEXT = "read_text"


class Verdict(StrEnum):
    """do: carry it out. nothing: it is so already, which is no error. refuse: 409."""

    DO = "do"
    NOTHING = "nothing"
    REFUSE = "refuse"


_DO, _NOTHING, _REFUSE = Verdict.DO, Verdict.NOTHING, Verdict.REFUSE

_TABLE: dict[Standing, dict[Command, Verdict]] = {
    Standing.OPEN: dict.fromkeys(Command, _DO),
    # Who took the complaint back may still speak, but there is no reply left to accept and nothing left to correct.
    Standing.WITHDRAWN: {
        Command.ANSWER: _REFUSE,
        Command.SAY: _DO,
        Command.AMEND: _REFUSE,
        Command.WITHDRAW: _NOTHING,
        Command.ERASE: _DO,
        Command.READ_TEXT: _DO,
    },
    # Nothing personal may come back after erasure.
    Standing.ERASED: {**dict.fromkeys(Command, _REFUSE), Command.ERASE: _NOTHING},
}


def verdict_on(command: Command, standing: Standing) -> Verdict:
    """Whether `command` is carried out on a complaint of this standing."""
    return _TABLE[standing][command]


def allowed_for(standing: Standing) -> list[str]:
    """The commands that are carried out, for the problem that refuses another."""
    return [command.value for command in Command if _TABLE[standing][command] is _DO]


def command_of(kind: str) -> Command:
    """The command that a response of this kind is."""
    return Command.ANSWER if kind in {"accepted", "rejected"} else Command.SAY
