"""What is done with the forms of a case: filled in, signed, given back, confirmed by the reporter when read back."""

from typing import Any
from uuid import UUID

from services.routing.domain import CaseFile
from services.routing.policy.hearing import happened
from services.routing.policy.regime import Regime
from services.routing.policy.working import may_work, plain
from services.routing.service import bodies
from services.routing.service.desk import Desk
from services.routing.service.docket import Docket
from services.routing.service.filling import checked_fields, write_fields
from services.routing.service.moving import Change, make_change
from services.routing.service.working import check_signer
from shared.access.permissions import Action
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound, invalid
from shared.events.steps import CaseFormMarkedV1
from shared.policy.work_specs import needs_of, signers_of
from shared.reference.book import ReferenceBook
from shared.values import replace

MARKS = ("fill", "sign", "return", "confirm")
"""What can be done with a form."""


async def mark_form(
    unit: UnitOfWork,
    book: ReferenceBook,
    principal: Principal,
    case: UUID,
    form: str,
    mark: str,
    body: bodies.Mark,
    *,
    key: str | None = None,
    expected: int | None = None,
) -> CaseFile:
    """Do this with a form of the case; returns the case after it. Raises what `make_change` does."""

    def known(_: CaseFile, regime: Regime) -> None:
        if mark not in MARKS:
            raise NotFound("move")
        if form not in regime.pack.document.forms:
            raise NotFound("form")

    def permitted(file: CaseFile, regime: Regime, _: Docket) -> None:
        entry = regime.pack.document.forms[form]
        marks = [
            name
            for name, may in (
                ("fill", bool(entry.fields)),
                ("sign", True),
                ("return", entry.returned or f"{form}.returned" in needs_of(regime.pack)),
                ("confirm", entry.read_back),
            )
            if may and may_work(file)
        ]
        if mark not in marks:
            raise Conflict("form_not_so", {"form": form, "allowed": marks or ["none"]}, members={"allowed": marks})

    async def deed(desk: Desk, body: bodies.Mark) -> None:
        _mark(desk, form, mark, body)

    change = Change(f"{form}:{mark}", Action.WORK_STEP, body, deed, known, permitted)
    return await make_change(unit, book, principal, case, change, key=key, expected=expected)


def _mark(desk: Desk, form: str, mark: str, body: bodies.Mark) -> None:
    entry = desk.regime.pack.document.forms[form]
    if mark == "fill" and not body.fields:
        raise invalid("/fields", "missing")
    kept: dict[str, Any] = checked_fields(desk, body.fields, entry.fields)
    version = write_fields(desk, body.fields, kept)
    role = _signer(desk, form, body) if mark == "sign" else None
    names = {
        "fill": (),
        "sign": (f"{form}.signed",),
        "return": (f"{form}.returned",),
        "confirm": ("confirmed",),
    }[mark]
    if role is not None:
        records = {**desk.file.course.records, f"signature:{role}": desk.actor}
        desk.file = replace(desk.file, course=replace(desk.file.course, records=records))
    desk.file = happened(desk.file, *names, *(f"{name}.set" for name in kept))
    desk.say(
        CaseFormMarkedV1(
            form=form,
            happened=names,
            by_role=role,
            records=plain(desk.regime, kept),
            filled=tuple(sorted(kept)),
            texts_version=version,
        )
    )
    past = {"fill": "filled", "sign": "signed", "return": "returned", "confirm": "confirmed"}[mark]
    desk.note(f"form_{past}", {"form": form, **({"role": role} if role else {})})


def _signer(desk: Desk, form: str, body: bodies.Mark) -> str:
    role = body.role or desk.regime.pack.document.forms[form].signed_by
    if role is None:
        raise invalid("/role", "missing")
    known = signers_of(desk.regime.pack)
    if role not in known:
        raise invalid("/role", "not_one_of", expected=sorted(known) or ["none"])
    check_signer(desk, role, "/role")
    return str(role)
