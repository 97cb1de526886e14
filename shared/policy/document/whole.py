"""PK: the whole pack, every construct under its key."""

from datetime import date

from pydantic import Field, StrictInt

from shared.policy.document.archive import Archive
from shared.policy.document.attributions import Attribution
from shared.policy.document.channels import Channels
from shared.policy.document.clocks import Clock
from shared.policy.document.composition import Composition
from shared.policy.document.contact_types import ContactType
from shared.policy.document.decisions import Decision
from shared.policy.document.duties import Duty
from shared.policy.document.entry import ByName, Entry, Many
from shared.policy.document.facts import Fact
from shared.policy.document.forms import Form
from shared.policy.document.guards import Guard
from shared.policy.document.identity import Admission, Counting, Governance, Numbering, Pausing, Regrading, Title
from shared.policy.document.ladders import Ladder
from shared.policy.document.links import Link
from shared.policy.document.measures import Measure
from shared.policy.document.moves import Moves
from shared.policy.document.notices import Notice
from shared.policy.document.params import Param
from shared.policy.document.reactions import Reaction
from shared.policy.document.reports import Report
from shared.policy.document.roles import Role
from shared.policy.document.rosters import Roster
from shared.policy.document.scripts import Script
from shared.policy.document.settlements import Settlement
from shared.policy.document.steps import Step
from shared.policy.document.surveys import Survey


class PackDocument(Entry):
    """One regime as it is written."""

    pack: str = Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")
    extends: str | None = Field(default=None, max_length=60)
    title: Title
    implements: Many[str]
    same_as: ByName[Many[str]]
    version: StrictInt = Field(ge=1, le=100_000)
    effective: date
    governance: Governance | None = None
    calendar: str
    count: Counting
    on_regrade: Regrading
    pause: Pausing
    number: Numbering
    admits: Admission
    params: ByName[Param]
    roles: ByName[Role]
    types: dict[str, ContactType]
    channels: Channels
    forms: ByName[Form]
    facts: ByName[Fact]
    measures: ByName[Measure]
    decisions: ByName[Decision]
    steps: ByName[Step]
    links: ByName[Link]
    settlements: ByName[Settlement]
    attributions: ByName[Attribution]
    clocks: ByName[Clock]
    ladders: ByName[Ladder]
    moves: Moves = Field(default_factory=lambda: Moves.model_validate({}))
    reactions: tuple[Reaction, ...] = ()
    guards: tuple[Guard, ...] = ()
    notices: ByName[Notice]
    duties: ByName[Duty]
    rosters: ByName[Roster]
    reports: ByName[Report]
    surveys: ByName[Survey]
    archive: tuple[Archive, ...] = ()
    scripts: tuple[Script, ...] = ()
    compose: Composition | None = None
