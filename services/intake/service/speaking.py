"""What customers and the desk say of a complaint after it was registered."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.intake.policy.standing import Command, Verdict, command_of
from services.intake.service.record import Answer, OpenRecord
from services.intake.service.registering import judge_facts
from services.intake.service.submission import Text, not_blank
from shared.errors import Invalid, invalid
from shared.events.complaints import ComplaintAmendedV1, ComplaintErasedV1, ComplaintWithdrawnV1, CustomerRespondedV1
from shared.events.records import Said
from shared.reference.book import Reference

Words = Annotated[str, Field(max_length=5000), AfterValidator(not_blank)]


class ResponseBody(BaseModel):
    """What the customer says: takes a stand on the reply, is dissatisfied, adds information, answers the survey."""

    model_config = ConfigDict(extra="forbid", title="Response")

    kind: Literal["accepted", "rejected", "dissatisfied", "information", "survey"]
    text: Words | None = None
    stars: StrictInt | None = Field(None, ge=1, le=5)
    really_fixed: StrictBool | None = Field(None, description="was the matter really fixed?")


class AmendmentBody(BaseModel):
    """Facts added or corrected, a narrative put right. What is not named stays."""

    model_config = ConfigDict(extra="forbid", title="Amendment")

    facts: dict[str, Any] = Field(default_factory=dict)
    narrative: Text | None = None


class WithdrawalBody(BaseModel):
    """The customer takes the complaint back, with or without a reason."""

    model_config = ConfigDict(extra="forbid", title="Withdrawal")

    text: Words | None = None


async def respond(record: OpenRecord, response: ResponseBody, key: str | None) -> Answer:
    """Record the customer's words. Raises Invalid where they say nothing, MoveNotAllowed, Conflict."""
    if response.kind == "information" and response.text is None:
        raise invalid("/text", "missing")
    if response.kind == "survey" and response.text is None and response.stars is None and response.really_fixed is None:
        raise invalid("", "empty_survey")
    if earlier := await record.remembered(key, ["respond", response.model_dump(mode="json")]):
        return earlier
    record.verdict(command_of(response.kind))
    text, version = await record.text()
    if response.text:
        version = await record.put_text(record.with_said(text, response.kind, response.text))
    await record.emit(
        CustomerRespondedV1(
            kind=response.kind,
            stars=response.stars,
            really_fixed=response.really_fixed,
            has_text=response.text is not None,
            personal_version=version,
        )
    )
    await record.tell("responded")
    await record.audit("respond", kind=response.kind)
    return record.answer(changed=True)


async def amend(record: OpenRecord, amendment: AmendmentBody, key: str | None, reference: Reference) -> Answer:
    """Record corrections; facts are judged by the pack the complaint is pinned to. Raises Invalid, MoveNotAllowed."""
    if not amendment.facts and amendment.narrative is None:
        raise invalid("", "empty_amendment")
    if earlier := await record.remembered(key, ["amend", amendment.model_dump(mode="json")]):
        return earlier
    record.verdict(Command.AMEND)
    complaint = record.complaint
    facts, errors = judge_facts(reference.pack(complaint.pack, complaint.pack_version), amendment.facts)
    if errors:
        raise Invalid(*errors)
    data = ComplaintAmendedV1(facts=facts, personal_version=0).model_dump(mode="json")["facts"]
    known = await record.storage.facts(complaint.id)
    changed = {name: facts[name] for name, value in data.items() if known.get(name) != value}
    text, version = await record.text()
    rewritten = amendment.narrative is not None and amendment.narrative != text.narrative
    if not changed and not rewritten:
        return record.answer(changed=False)
    if rewritten:
        # Nothing the customer said is lost: the former words stay beside the new ones.
        former = Said(at=complaint.registered_at, kind="former_narrative", text=text.narrative)
        update = {"narrative": amendment.narrative, "said": (*text.said, former)}
        version = await record.put_text(text.model_copy(update=update))
    await record.emit(ComplaintAmendedV1(facts=changed, personal_version=version))
    await record.tell("amended")
    await record.audit("amend", facts=sorted(changed), narrative=rewritten)
    return record.answer(changed=True)


async def withdraw(record: OpenRecord, withdrawal: WithdrawalBody, key: str | None) -> Answer:
    """The customer takes the complaint back; once it is, asking again changes nothing."""
    if earlier := await record.remembered(key, ["withdraw", withdrawal.model_dump(mode="json")]):
        return earlier
    if record.verdict(Command.WITHDRAW) is Verdict.NOTHING:
        return record.answer(changed=False)
    if withdrawal.text:
        text, _ = await record.text()
        await record.put_text(record.with_said(text, "withdrawn", withdrawal.text))
    await record.storage.withdraw(record.complaint.id, record.unit.started)
    await record.emit(ComplaintWithdrawnV1())
    await record.audit("withdraw")
    return record.answer(changed=True)


async def erase(record: OpenRecord) -> Answer:
    """Forget the person; figures stay. Once it is done, asking again changes nothing."""
    if record.verdict(Command.ERASE) is Verdict.NOTHING:
        return record.answer(changed=False)
    await record.erased()
    await record.emit(ComplaintErasedV1())
    await record.audit("erase")
    return record.answer(changed=True)
