"""The desk: one case, one person, one move. What a move does with them stands in `deeds`."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.routing.domain import CaseFile
from services.routing.policy.regime import Regime
from services.routing.service.assigning import Turns
from services.routing.service.docket import Docket
from services.routing.service.neighbours import Effect
from shared.access.principal import Principal
from shared.delivery.transaction import Record
from shared.errors import Conflict
from shared.events.envelope import EventData
from shared.events.records import CaseTextsV1, StaffText

LARGEST_TEXTS = 700_000
"""Bytes: what a record on the personal topic may have, so that the broker takes it."""


@dataclass(slots=True)
class Desk:
    """file changes while the move is made. counted: what that did to who counts with whom. texts_version: under which
    the move's words can be read."""

    docket: Docket
    principal: Principal
    move: str
    cause: str
    file: CaseFile
    regime: Regime
    stored_texts: Record | None
    words: list[tuple[str, str]] = field(default_factory=list)
    turns: Turns | None = None
    counted: Effect = field(default_factory=Effect)

    @property
    def now(self) -> datetime:
        return self.docket.now

    @property
    def actor(self) -> str:
        return self.principal.actor

    @property
    def texts_version(self) -> int:
        if self.stored_texts is None:
            return 1
        # Nothing personal comes back after erasure: the words of later moves are not kept.
        return self.stored_texts.version + (0 if self.stored_texts.body is None else 1)

    def write(self, text: str, part: str = "") -> int:
        """Keep words of this move with the personal records; returns the version that holds them."""
        self.words.append((f"{self.move}:{part}" if part else self.move, text))
        return self.texts_version

    def say(self, data: EventData) -> None:
        """Tell the other services."""
        self.docket.say(self.file, data, self.cause, self.now, self.actor)

    def note(self, code: str, params: dict[str, Any] | None = None) -> None:
        """Add a line to the timeline; it leads to the words of this move, if there are any."""
        version = self.texts_version if self.words else None
        self.docket.note(self.file, code, self.now, self.actor, params, version)

    async def take_turns(self) -> Turns:
        """Whose turn it is where the case may be sent."""
        if self.turns is None:
            self.turns = await Turns.of(self.docket, [self.file])
        return self.turns

    async def keep(self) -> None:
        """Store what was written, and whose turn it was. Raises Conflict when too much has been written already."""
        if self.turns is not None:
            await self.turns.save()
        if not self.words or (self.stored_texts is not None and self.stored_texts.body is None):
            return
        before: tuple[StaffText, ...] = ()
        if self.stored_texts is not None and self.stored_texts.body is not None:
            before = CaseTextsV1.model_validate_json(self.stored_texts.body).texts
        version = self.texts_version
        new = tuple(
            StaffText(version=version, at=self.now, move=move, actor=self.actor, text=text) for move, text in self.words
        )
        texts = CaseTextsV1(project=self.file.project, texts=(*before, *new))
        if len(texts.model_dump_json().encode()) > LARGEST_TEXTS:
            raise Conflict("case_full")
        await self.docket.unit.delivery.put_records("personal", {f"case:{self.file.id}": texts})


def digest_of(case: object, move: str, body: dict[str, Any]) -> str:
    """What a request asks for, to know it again."""
    content = json.dumps([str(case), move, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()
