"""Rendering: a notice's code and parameters become a title and a text in its language, at the moment of sending."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.notify.domain import Claim
from shared.policy.document.values import ValueType
from shared.policy.durations import Duration
from shared.policy.names import MEDIUM_VALUES
from shared.policy.noticing import notice_of, slip_of
from shared.policy.obligations import obligations_of
from shared.policy.pack import Pack
from shared.policy.surveying import topic_label
from shared.policy.words import Wording, duration_words
from shared.reference.book import Reference
from shared.reference.directory import Directory
from shared.texts import catalogue
from shared.texts.languages import known

_INSTANTS = frozenset({"due_at", "runs_until"})
_WRITTEN = {"zh": "%Y年%m月%d日 %H:%M", "en": "%Y-%m-%d %H:%M"}


def render(claim: Claim, reference: Reference, words: str | None = None) -> tuple[str, str]:
    """Title and text. words: what staff wrote to the customer, for a reply. Raises UnknownReference, KeyError."""
    notice = claim.notice
    language = known(notice.language) or catalogue.DEFAULT_LANGUAGE
    # A mass notice speaks by the pack of the case that called for it, not by the recipient's own.
    code_, version = notice.params.get("pack_code"), notice.params.get("pack_version")
    pack = reference.pack(str(code_ or claim.pack_code), int(version or claim.pack_version))
    filled: dict[str, Any] = {
        **notice.params,
        "number": claim.number,
        "project": _project_name(notice.project, reference.directory, language),
        "role": _role_label(notice.recipient.role, pack, language),
        "words": words,
    }
    zone = ZoneInfo(reference.directory.zone(notice.project))
    for name in _INSTANTS & notice.params.keys():
        instant = datetime.fromisoformat(str(notice.params[name])).astimezone(zone)
        filled[name] = instant.strftime(_WRITTEN[language])
    if "clock" in notice.params:
        filled["clock"] = _clock_label(str(notice.params["clock"]), pack, language)
    if "ladder" in notice.params:
        slip = slip_of(pack, str(notice.params["ladder"]), int(notice.params["level"]))
        filled["slip"] = slip.say(language) if slip else ""
    if "event" in notice.params:
        filled["event"] = pack.event_label(str(notice.params["event"]), language)
    if "within" in notice.params:
        filled["within"] = duration_words(Duration.parse(str(notice.params["within"])), language)
    if "duty" in notice.params:
        filled["duty"] = _duty_label(str(notice.params["duty"]), pack, language)
    if "behind" in notice.params:
        roles = (each.split(":") for each in str(notice.params["behind"]).split(","))
        filled["behind"] = [f"{_role_label(role, pack, language)} {done} ({share})" for role, done, share in roles]
    for name in {"about", "raised"} & notice.params.keys():
        filled[name] = [topic_label(pack, topic, language) for topic in str(notice.params[name]).split(",")]
    if "roster" in notice.params:
        roster = pack.document.rosters.get(str(notice.params["roster"]))
        filled["roster"] = roster.label(language, str(notice.params["roster"])) if roster else notice.params["roster"]
    if "department" in notice.params:
        filled["department"] = _role_label(str(notice.params["department"]), pack, language)
    if "notice" in notice.params:
        filled["notice"], filled["body"] = named_notice(claim, pack, zone, language, words)
    code = f"notice.{notice.code}"
    return catalogue.render(f"{code}.title", language, **filled), catalogue.render(f"{code}.text", language, **filled)


def named_notice(claim: Claim, pack: Pack, zone: ZoneInfo, language: str, words: str | None) -> tuple[str, str]:
    """What the pack calls its notice, and what it shows: fields, words, how it is to be brought, what is asked back."""
    params = claim.notice.params
    spec = notice_of(pack, str(params["notice"]))
    label = (spec.en if language == "en" else spec.zh) if spec else str(params["notice"])
    wording = pack.wording_en if language == "en" else pack.wording_zh
    colon = ": " if language == "en" else "："
    lines = [
        f"{pack.label(name, language)}{colon}{_field(name, value, pack, wording, zone, language)}"
        for name, value in json.loads(str(params.get("content", "{}"))).items()
    ]
    lines += [words] if words else []
    if "medium" in params:
        media = [
            MEDIUM_VALUES[medium].label(language, medium)
            for medium in str(params["medium"]).split(",")
            if medium in MEDIUM_VALUES
        ]
        lines.append(catalogue.render("notice.by_medium", language, medium=media))
    if "ack" in params:
        lines.append(catalogue.render("notice.acknowledge", language))
    return label, "\n".join(lines)


def _field(name: str, value: Any, pack: Pack, wording: Wording, zone: ZoneInfo, language: str) -> str:
    kind = pack.names[name].type if name in pack.names else None
    if kind is ValueType.INSTANT and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(zone).strftime(_WRITTEN[language])
    return wording.value(name, value)


def _project_name(code: str, directory: Directory, language: str) -> str:
    node = directory.nodes.get(code)
    if node is None:
        return code
    return node.name.en if language == "en" else node.name.zh


def _role_label(role: str, pack: Pack, language: str) -> str:
    if role not in pack.document.roles and catalogue.exists(f"role.{role}"):
        return catalogue.render(f"role.{role}", language)
    return pack.role_label(role, language)


def _duty_label(name: str, pack: Pack, language: str) -> str:
    if owed := obligations_of(pack).get(name):
        return owed.label(language)
    measure = pack.document.measures.get(name)
    return measure.label(language, name) if measure else name


def _clock_label(name: str, pack: Pack, language: str) -> str:
    """What the pack calls a clock; so do a step with a limit and a ladder."""
    document = pack.document
    entry = document.clocks.get(name) or document.steps.get(name) or document.ladders.get(name)
    return entry.label(language, name) if entry else name.replace("_", " ")
