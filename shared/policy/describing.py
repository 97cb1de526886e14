"""Tells a pack in plain words, as the owner of the regime would read it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from shared.policy.describing_measures import measures
from shared.policy.describing_work import (
    archive,
    attributions,
    channels,
    duties,
    forms,
    grounds,
    guards,
    links,
    moves,
    notices,
    reactions,
    reports,
    rosters,
    scripts,
    settlements,
    steps,
    surveys,
)
from shared.policy.document.decisions import Decision
from shared.policy.document.entry import Entry, Words
from shared.policy.document.facts import Fact
from shared.policy.document.ladders import Level
from shared.policy.document.measures import CALENDAR_WINDOWS
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Language, Path
from shared.policy.moving import ACTION_WORDS
from shared.policy.names import EVIDENCE, PLACES
from shared.policy.pack import Pack
from shared.policy.phrases import phrase
from shared.policy.timing import ClockSpec, clocks_of
from shared.policy.words import Wording, duration_words

_PARTIES = {
    "customer": ("客户", "the customer"),
    "owner": ("案件负责人", "the owner of the case"),
    "handler": ("经办人", "the handler"),
    "first_receiver": ("首接人", "the first receiver"),
    "assigner": ("派单人", "the assigner"),
}


def describe(pack: Pack, language: Language) -> str:
    """The whole regime in `language`: headings, and below each its entries with their rules and readings."""
    return "\n".join(Teller(pack, language).lines()) + "\n"


class Teller:
    def __init__(self, pack: Pack, language: Language) -> None:
        self.pack = pack
        self.language: Language = language
        self.words: Wording = pack.wording_zh if language == "zh" else pack.wording_en

    def lines(self) -> Iterator[str]:
        yield from self.identity()
        for heading, told in self.sections():
            if told:
                yield from ("", self.say(heading), *told)

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """Every section with its lines: an entry's own stands two spaces in, what belongs to it deeper."""
        sections: list[tuple[str, Iterable[str]]] = [
            ("types", self.types()),
            ("channels", channels(self)),
            ("roles", self.roles()),
            ("params", self.params()),
            ("facts", self.facts()),
            ("measures", measures(self)),
            ("decisions", self.decisions()),
            ("clocks", self.clocks()),
            ("ladders", self.ladders()),
            ("moves", moves(self)),
            ("grounds", grounds(self)),
            ("forms", forms(self)),
            ("steps", steps(self)),
            ("reactions", reactions(self)),
            ("guards", guards(self)),
            ("links", links(self)),
            ("settlements", settlements(self)),
            ("attributions", attributions(self)),
            ("notices", notices(self)),
            ("duties", duties(self)),
            ("rosters", rosters(self)),
            ("reports", reports(self)),
            ("surveys", surveys(self)),
            ("archive", archive(self)),
            ("scripts", scripts(self)),
        ]
        for heading, entries in sections:
            yield heading, list(entries)

    def identity(self) -> Iterator[str]:
        pack, document = self.pack, self.pack.document
        title = document.title.zh if self.language == "zh" else document.title.en
        yield self.say("head", title=title, pack=pack.code, version=pack.version, effective=pack.effective)
        yield self.say("implements", list=self.join(document.implements))
        if governance := document.governance:
            signed = self.say("signed_off", list=self.join(map(self.say, governance.sign_off)))
            who = self.role(governance.owner)
            yield self.entry(self.say("governed", file=governance.code, who=who, marks=signed), governance)
        count = document.count
        kinds = [f"day_{count.day}", f"working_day_{count.working_day}", f"start_day_{count.start_day}"]
        yield self.entry(self.say("count") + self.colon() + self.join(map(self.say, kinds), semicolon=True), count)
        yield self.say("admits_itself" if pack.admits_itself else "admits_desk")
        sample = pack.case_number("P01", datetime.combine(pack.effective, datetime.min.time()), 1)
        yield self.entry(self.say("number", sample=sample), document.number)
        causes = document.pause.causes
        yield self.entry(self.say("pause", list=self.join(causes)) if causes else self.say("no_pause"), document.pause)

    def types(self) -> Iterator[str]:
        for name, kind in self.pack.document.types.items():
            text = self.say(f"starts_{kind.starts.kind}", process=kind.starts.process or kind.starts.link or "")
            ungraded = [] if kind.grade else [self.say("ungraded")]
            yield self.item(kind.label(self.language, name), self.join([text, *ungraded], semicolon=True), kind)

    def roles(self) -> Iterator[str]:
        for name, role in self.pack.document.roles.items():
            yield self.item(role.label(self.language, name), "", role)

    def params(self) -> Iterator[str]:
        for name, param in self.pack.document.params.items():
            text = self.figure(f"${name}") if str(param.value).endswith("%") else self.timing(f"${name}")
            yield self.item(param.label(self.language, name), text, param)

    def facts(self) -> Iterator[str]:
        for name, fact in self.pack.document.facts.items():
            parts = [self.source_of(fact)]
            if fact.members:
                parts.append(self.join(member.label(self.language, key) for key, member in fact.members.items()))
            if fact.unknown_as is not None:
                parts.append(self.say("unknown_as", value=self.words.value(name, fact.unknown_as)))
            yield self.item(fact.label(self.language, name), self.join(parts, semicolon=True), fact)

    def source_of(self, fact: Fact) -> str:
        if fact.ask is not None:
            return self.say(f"asked_{fact.ask}")
        if fact.decide is not None:
            return self.say("decided", who=self.role(fact.decide))
        return self.say("derived" if fact.derive else "from_directory")

    def window(self, window: str) -> str:
        return self.say(window) if window in CALENDAR_WINDOWS else self.timing(window)

    def only_if(self, path: Path, code: str = "only_if") -> list[str]:
        """The words of the condition at `path`, if there is one."""
        condition = self.pack.conditions.get(path)
        return [self.say(code, condition=self.condition(condition))] if condition else []

    def decisions(self) -> Iterator[str]:
        for name, decision in self.pack.document.decisions.items():
            yield self.item(self.words.label(name), self.how(decision), decision)
            for row in self.pack.tables[name].rows if name in self.pack.tables else ():
                value = self.value(name, row.value)
                if row.condition:
                    text = self.say("if", value=value, condition=self.condition(row.condition))
                else:
                    text = self.say("otherwise", value=value)
                yield f"    {text}{self.say('also_members') if row.also_members else ''} [{row.rule}]"

    def how(self, decision: Decision) -> str:
        if decision.rows:
            return self.say(str(decision.hit))
        who = self.role(decision.by or "")
        labels = {choice.give: choice.label(self.language, str(choice.give)) for choice in decision.choices}
        parts = [self.say("choices", who=who, list=self.join(labels.values()))]
        if decision.presume is not None:
            parts.append(self.say("presumed", who=who, value=labels[decision.presume]))
        return self.join(parts, semicolon=True)

    def clocks(self) -> Iterator[str]:
        for spec in clocks_of(self.pack):
            parts = [self.say("for_customer" if spec.customer else "internal")]
            starts, stops = (self.join(map(self.event, events)) for events in (spec.from_ or spec.later_of, spec.until))
            parts += [self.say("runs", start=starts, stop=stops), self.limit(spec)]
            if spec.when:
                parts.append(self.say("only_if", condition=self.condition(spec.when)))
            if spec.warn_share:
                who = self.join(map(self.role, spec.warn_tell))
                parts.append(self.say("warn", share=f"{spec.warn_share:.0%}", who=who))
            label = spec.zh if self.language == "zh" else spec.en
            yield self.item(label, self.join(parts, semicolon=True), None) + self.tail(spec.rule, spec.assume)

    def limit(self, spec: ClockSpec) -> str:
        limit = spec.limit
        if limit is None:
            fact = self.words.label(spec.due_at or "")
            ahead = duration_words(spec.ahead, self.language) if spec.ahead else ""
            return self.say("ahead", fact=fact, limit=ahead) if ahead else fact
        office = self.say("office_hours") if limit.calendar == "office" else ""
        if limit.agreed_with or limit.set_by:
            who = self.role(limit.agreed_with or str(limit.set_by))
            told = self.say("agreed_with" if limit.agreed_with else "set_by", who=who)
            usual = limit.rows[0][0]
            return self.say("unless_agreed", told=told, limit=duration_words(usual, self.language)) if usual else told
        parts: list[str] = []
        for duration, condition, _ in limit.rows:
            text = (duration_words(duration, self.language) if duration else self.say("none")) + office
            if condition:
                text = self.say("limit_if", limit=text, condition=self.condition(condition))
            parts.append(self.say("limit_else", limit=text) if parts else text)
        told = self.join(parts, semicolon=True)
        return self.say("every", limit=told) if spec.repeats else told

    def ladders(self) -> Iterator[str]:
        for name, ladder in self.pack.document.ladders.items():
            levels = " → ".join(map(self._level, ladder.levels))
            events = self.join(map(self.event, ladder.on))
            text = self.say("climbs", events=events, levels=levels, each=self.timing(ladder.each))
            yield self.item(ladder.label(self.language, name), text, ladder)

    def _level(self, level: Level) -> str:
        told = self.join(map(self.role, level.tell))
        return self.say("by_slip", told=told, slip=level.slip.say(self.language)) if level.slip else told

    def say(self, code: str, **words: object) -> str:
        return phrase(code, self.language, **words)

    def item(self, label: str, text: str, entry: Entry | None) -> str:
        return self.entry(f"  {label}{self.colon() + text if text else ''}", entry)

    def entry(self, text: str, entry: Entry | None) -> str:
        return text + self.tail(", ".join(entry.rule), entry.assume) if entry else text

    def tail(self, rule: str, assume: Words | None) -> str:
        reading = self.say("reading", text=assume.say(self.language)) if assume else ""
        return f"{f' [{rule}]' if rule else ''}{reading}"

    def join(self, parts: Iterable[str], *, semicolon: bool = False) -> str:
        zh, en = ("；", "; ") if semicolon else ("、", ", ")
        return (zh if self.language == "zh" else en).join(parts)

    def either(self, words: tuple[str, str]) -> str:
        return words[0 if self.language == "zh" else 1]

    def colon(self) -> str:
        return "：" if self.language == "zh" else ": "

    def condition(self, compiled: Compiled) -> str:
        return self.words.condition(compiled.formula)

    def event(self, event: str) -> str:
        return self.pack.event_label(event, self.language)

    def need(self, need: str) -> str:
        if need in EVIDENCE:
            return self.either(EVIDENCE[need])
        return self.words.label(need) if need in self.pack.names else self.event(need)

    def action(self, name: str) -> str:
        known = ACTION_WORDS.get(name)
        if known is not None:
            return self.either(known)
        move = self.pack.document.moves.named.get(name)
        return move.label(self.language, name) if move else self.words.label(name)

    def value_of_category(self, value: str) -> str:
        return self.pack.names["category"].value_label(value, self.language) if "category" in self.pack.names else value

    def figure(self, figure: str) -> str:
        """A share, through its parameter if it names one."""
        return str(self.pack.document.params[figure[1:]].value) if figure.startswith("$") else figure

    def place(self, name: str) -> str:
        return self.either(PLACES[name]) if name in PLACES else self.words.label(name)

    def role(self, role: str) -> str:
        if role in _PARTIES:
            return self.either(_PARTIES[role])
        return self.pack.role_label(role, self.language)

    def value(self, decision: str, value: int | str) -> str:
        if decision == "grade":
            return self.pack.grade_label(value, self.language)
        return self.pack.names[decision].value_label(value, self.language)

    def timing(self, timing: str | None) -> str:
        duration = self.pack.duration(timing)
        return duration_words(duration, self.language) if duration else self.say("none")
