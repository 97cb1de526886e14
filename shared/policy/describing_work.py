"""The other half of a pack in plain words: ways in, what follows, what is forbidden, paid, kept or asked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.policy.document.moves import Move
from shared.policy.document.reactions import Effect
from shared.policy.document.rosters import OnOrder
from shared.policy.document.steps import Step
from shared.policy.document.surveys import Raised
from shared.policy.phrases import spaced

if TYPE_CHECKING:
    from shared.policy.describing import Teller


def channels(tell: "Teller") -> Iterator[str]:
    for name, way in tell.pack.document.channels.ways.items():
        yield tell.item(way.label(tell.language, name), tell.words.value("medium", way.medium), way)
    for place in tell.pack.document.channels.publish:
        named = tell.join(map(spaced, place.on))
        yield tell.item(tell.say("made_known_at", place=spaced(place.at)), named, place)
    if staffing := tell.pack.document.channels.staffing:
        named = tell.join(map(spaced, staffing.require))
        yield tell.item(tell.say("staffed_with"), named, staffing)


def moves(tell: "Teller") -> Iterator[str]:
    for name, move in tell.pack.document.moves.named.items():
        condition = tell.pack.conditions.get(("moves", name, "when"))
        parts = [] if move.allow else [tell.say("forbidden")]
        parts += [tell.say("only_if", condition=tell.condition(condition))] if condition else []
        parts += _left(tell, move)
        parts += [tell.say("does_tell", who=tell.join(map(tell.role, move.tell)))] if move.tell else []
        yield tell.item(move.label(tell.language, name), tell.join(parts, semicolon=True), move)


def grounds(tell: "Teller") -> Iterator[str]:
    for index, ground in enumerate(tell.pack.document.moves.close):
        condition = tell.pack.conditions.get(("moves", "close", index, "when"))
        needs = [tell.need(str(need.name or need.signature)) for need in ground.needs]
        needs += [tell.event(f"{ground.after}.done")] if ground.after else []
        parts = [tell.say("only_if", condition=tell.condition(condition))] if condition else []
        parts += [tell.say("needs", list=tell.join(needs))] if needs else []
        yield tell.item(ground.label(tell.language, ground.ground), tell.join(parts, semicolon=True), ground)


def forms(tell: "Teller") -> Iterator[str]:
    for name, form in tell.pack.document.forms.items():
        parts = [tell.say("filled_by", who=tell.role(form.filled_by))] if form.filled_by else []
        fields = [datum.label(tell.language, key) for key, datum in form.fields.items()]
        parts += [tell.say("fields", list=tell.join(fields))] if fields else []
        parts += [tell.say("read_back")] if form.read_back else []
        parts += [tell.say("signed_by", who=tell.role(form.signed_by))] if form.signed_by else []
        parts += [tell.say("returned")] if form.returned else []
        yield tell.item(form.label(tell.language, name), tell.join(parts, semicolon=True), form)


def steps(tell: "Teller") -> Iterator[str]:
    for name, step in tell.pack.document.steps.items():
        parts = [tell.say("step_by", who=tell.join(_doers(tell, step)))]
        if step.opens and step.opens.on:
            parts.append(tell.say("step_opens", when=tell.join(map(tell.event, step.opens.on))))
        condition = tell.pack.conditions.get(("steps", name, "opens", "when"))
        parts += [tell.say("only_if", condition=tell.condition(condition))] if condition else []
        parts += [tell.pack.document.forms[step.form].label(tell.language, step.form)] if step.form else []
        parts += _left(tell, step)
        yield tell.item(step.label(tell.language, name), tell.join(parts, semicolon=True), step)


def _left(tell: "Teller", work: Step | Move) -> Iterator[str]:
    """What a step or a move must leave, and what must be there before."""
    if work.records:
        records = [datum.label(tell.language, key) for key, datum in work.records.items()]
        yield tell.say("fields", list=tell.join(records))
    if work.needs:
        needs = [tell.role(need.signature) if need.signature else tell.need(str(need.name)) for need in work.needs]
        yield tell.say("needs", list=tell.join(needs))


def _doers(tell: "Teller", step: Step) -> Iterator[str]:
    for performer in step.by:
        yield tell.role(performer.role) if performer.role else tell.words.label(str(performer.quota))
    for part in step.chain:
        yield tell.role(part.by)


def reactions(tell: "Teller") -> Iterator[str]:
    for index, reaction in enumerate(tell.pack.document.reactions):
        events = tell.say("when", events=tell.join(map(tell.event, reaction.on)))
        parts = [tell.join(_effect(tell, effect) for effect in reaction.do)]
        parts += tell.only_if(("reactions", index, "when"))
        yield tell.item(events, tell.join(parts, semicolon=True), reaction)


def _effect(tell: "Teller", effect: Effect) -> str:
    if effect.open:
        return tell.say("does_open", what=tell.pack.document.steps[effect.open].label(tell.language, effect.open))
    if effect.tell:
        return tell.say("does_tell", who=tell.join(map(tell.role, effect.tell)))
    if effect.assign:
        return tell.say("does_assign", who=tell.role(effect.assign))
    if effect.require:
        at = tell.action(effect.at or "close")
        return tell.say("does_require_at", at=at, list=tell.join(map(tell.need, effect.require)))
    if effect.link:
        return tell.say("does_link", what=effect.process or effect.link)
    if effect.attribute:
        entry = tell.pack.document.attributions[effect.attribute]
        return tell.say("does_attribute", what=entry.label(tell.language, effect.attribute))
    if effect.set_:
        return tell.say("does_set", what=tell.join(map(tell.words.label, effect.set_)))
    act, name = effect.order or ("", "")
    document = tell.pack.document
    timed = document.clocks.get(name) or document.ladders.get(name) or document.steps.get(name)
    return tell.say(f"does_{act}", what=timed.label(tell.language, name) if timed else name)


def guards(tell: "Teller") -> Iterator[str]:
    for index, guard in enumerate(tell.pack.document.guards):
        if guard.forbid:
            label = tell.say("forbids", what=tell.join(map(tell.action, guard.forbid)))
        else:
            at = tell.action(guard.at or "every_move")
            label = tell.say("requires", at=at, list=tell.join(map(tell.need, guard.require)))
        parts = [guard.text.say(tell.language)] if guard.text else []
        parts += [tell.say("by_whom", who=tell.role(guard.by))] if guard.by else []
        parts += tell.only_if(("guards", index, "when"))
        parts += tell.only_if(("guards", index, "unless"), "unless")
        parts += [tell.say("unless", condition=tell.role(guard.unless_by))] if guard.unless_by else []
        yield tell.item(label, tell.join(parts, semicolon=True), guard)


def links(tell: "Teller") -> Iterator[str]:
    for name, link in tell.pack.document.links.items():
        parts = [tell.say("when", events=tell.join(map(tell.event, link.on)))] if link.on else []
        parts += tell.only_if(("links", name, "when"))
        parts += [tell.say("returned")] if link.back else []
        yield tell.item(link.label(tell.language, name), tell.join(parts, semicolon=True), link)


def settlements(tell: "Teller") -> Iterator[str]:
    for name, settlement in tell.pack.document.settlements.items():
        chain = [tell.role(link.by) for link in settlement.chain]
        parts = [tell.say("chain", list=tell.join(chain)), *tell.only_if(("settlements", name, "when"))]
        yield tell.item(settlement.label(tell.language, name), tell.join(parts, semicolon=True), settlement)


def attributions(tell: "Teller") -> Iterator[str]:
    for name, attribution in tell.pack.document.attributions.items():
        parts = [tell.role(attribution.party), *([attribution.share] if attribution.share else [])]
        parts += tell.only_if(("attributions", name, "when"))
        parts += [tell.say("penalty", what=attribution.penalty.say(tell.language))] if attribution.penalty else []
        yield tell.item(attribution.label(tell.language, name), tell.join(parts, semicolon=True), attribution)


def duties(tell: "Teller") -> Iterator[str]:
    for name, duty in tell.pack.document.duties.items():
        parts = [tell.say("report_of", every=tell.say(duty.every), who=tell.role(duty.by))]
        parts += [tell.say("due_at", due=duty.due)] if duty.due != "none" else []
        if duty.then and duty.then.tell:
            parts.append(tell.say("does_tell", who=tell.join(map(tell.role, duty.then.tell))))
        yield tell.item(duty.label(tell.language, name), tell.join(parts, semicolon=True), duty)


def rosters(tell: "Teller") -> Iterator[str]:
    for name, roster in tell.pack.document.rosters.items():
        times = [time for cover in roster.cover for time in (cover.times() if isinstance(cover, OnOrder) else (cover,))]
        parts = [tell.role(roster.role), tell.say("covers", list=tell.join(tell.say(f"time_{t}") for t in times))]
        parts.append(tell.say("at_least_people", count=roster.min))
        parts += [tell.say("gap_tells", who=tell.join(map(tell.role, roster.gap.tell)))] if roster.gap else []
        yield tell.item(roster.label(tell.language, name), tell.join(parts, semicolon=True), roster)


def surveys(tell: "Teller") -> Iterator[str]:
    for name, survey in tell.pack.document.surveys.items():
        every = "report_after" if survey.every == "after_case" else "report_of"
        parts = [tell.say(every, every=tell.say(survey.every), who=tell.role(survey.by))]
        parts += (
            [tell.say("topics", list=tell.join(map(tell.value_of_category, survey.topics)))] if survey.topics else []
        )
        if survey.sample and survey.sample.random:
            parts.append(tell.say("sample", share=tell.figure(survey.sample.random)))
        parts += tell.only_if(("surveys", name, "sample", "must_include", "where"), "must_include")
        parts += [tell.say("target", share=tell.figure(survey.target))] if survey.target else []
        parts += [_raised(tell, survey.raised)] if survey.raised else []
        yield tell.item(survey.label(tell.language, name), tell.join(parts, semicolon=True), survey)


def _raised(tell: "Teller", raised: Raised) -> str:
    if isinstance(raised.at_least, int):
        return tell.say("raised_by_count", count=raised.at_least)
    return tell.say("raised_by_share", share=tell.figure(raised.at_least))


def archive(tell: "Teller") -> Iterator[str]:
    for index, entry in enumerate(tell.pack.document.archive):
        forms = [tell.pack.document.forms[name].label(tell.language, name) for name in entry.keep]
        parts = [tell.say("kept_by", who=tell.role(entry.by))] if entry.by else []
        parts += [tell.say("per_index", index=tell.say(entry.index))] if entry.index else []
        parts += [tell.say("separately")] if entry.separate else []
        parts += [_kept_for(tell, entry.retention)] if entry.retention else []
        parts += [tell.say("handed_over", time=tell.timing(entry.hand_over))] if entry.hand_over else []
        parts += tell.only_if(("archive", index, "when"))
        parts += tell.only_if(("archive", index, "hold"), "not_while")
        yield tell.item(tell.join(forms) or tell.say("everything"), tell.join(parts, semicolon=True), entry)


def _kept_for(tell: "Teller", retention: str) -> str:
    ends = tell.pack.duration(retention) is not None
    return tell.say("retention_for", time=tell.timing(retention)) if ends else tell.say("kept_forever")


def notices(tell: "Teller") -> Iterator[str]:
    for name, notice in tell.pack.document.notices.items():
        who, when = tell.join(map(tell.role, notice.to)), tell.join(map(tell.event, notice.on))
        parts = [tell.say("tells", when=when, who=who), *tell.only_if(("notices", name, "when"))]
        yield tell.item(notice.label(tell.language, name), tell.join(parts, semicolon=True), notice)


def reports(tell: "Teller") -> Iterator[str]:
    for name, report in tell.pack.document.reports.items():
        parts = [tell.say("report_of", every=tell.say(report.every), who=tell.role(report.by))]
        parts += [tell.say("due_at", due=report.due)] if report.due != "none" else []
        parts += [tell.say("to_whom", who=tell.join(map(tell.role, report.to)))] if report.to else []
        parts += tell.only_if(("reports", name, "where"))
        yield tell.item(report.label(tell.language, name), tell.join(parts, semicolon=True), report)


def scripts(tell: "Teller") -> Iterator[str]:
    for script in tell.pack.document.scripts:
        yield tell.item(tell.say(f"at_{script.at}"), script.label(tell.language, ""), script)
