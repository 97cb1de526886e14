"""The events a pack may speak of: those of a case's life, and those of the parts the pack declares."""

from collections.abc import Iterable, Mapping

from shared.policy.document.entry import Labelled
from shared.policy.document.whole import PackDocument
from shared.policy.names import declared

LIFE: dict[str, tuple[str, str]] = {
    "registered": ("登记", "registered"),
    "amended": ("补充", "amended"),
    "forwarded_in": ("转入", "forwarded in"),
    "confirmed": ("核对", "confirmed"),
    "admitted": ("受理", "admitted"),
    "refused": ("不予受理", "refused"),
    "assessed": ("评估", "assessed"),
    "graded": ("定级", "graded"),
    "assigned": ("分派", "assigned"),
    "taken_up": ("接单", "taken up"),
    "handed_over": ("移交", "handed over"),
    "returned": ("退回", "returned"),
    "progressed": ("跟进", "progress recorded"),
    "informed": ("告知", "informed"),
    "agreed": ("约定", "a time agreed"),
    "replied": ("答复", "replied"),
    "resolved": ("解决", "resolved"),
    "closed": ("关闭", "closed"),
    "reopened": ("重新打开", "reopened"),
    "dissatisfied": ("不满意", "dissatisfied"),
    "withdrawn": ("撤回", "withdrawn"),
    "suspended": ("暂停", "suspended"),
    "resumed": ("恢复", "resumed"),
    "delay_attributed": ("归因", "the delay attributed"),
    "linked": ("关联", "linked"),
}
"""The events of a case's life and what people call them."""

_ENDINGS: dict[str, tuple[str, str]] = {
    "opened": ("开始", "opened"),
    "received": ("收到", "received"),
    "arrived": ("到场", "arrived"),
    "done": ("完成", "done"),
    "approved": ("批准", "approved"),
    "rejected": ("否决", "rejected"),
    "agreed": ("达成一致", "agreed"),
    "failed": ("未达成", "failed"),
    "warned": ("预警", "warned"),
    "breached": ("逾期", "breached"),
    "met": ("按时", "met"),
    "extended": ("延期", "extended"),
    "reached": ("到期", "reached"),
    "crossed": ("越限", "crossed"),
    "signed": ("签字", "signed"),
    "returned": ("交回", "returned"),
    "paid": ("支付", "paid"),
    "published": ("发布", "published"),
    "set": ("确定", "set"),
    "back": ("返回", "back"),
    "gap": ("无人值守", "uncovered"),
    "due": ("到期", "due"),
    "missed": ("未完成", "missed"),
}

_OF_STEP = ("opened", "received", "arrived", "done", "approved", "rejected", "agreed", "failed")
_OF_LIMIT = ("warned", "breached", "met", "extended", "reached")


def bearers_of(pack: PackDocument) -> tuple[tuple[str, Iterable[str], tuple[str, ...]], ...]:
    """(section, names, endings): the parts of a pack of which something happens, and what."""
    return (
        ("steps", pack.steps, _OF_STEP),
        ("clocks", pack.clocks, _OF_LIMIT),
        ("measures", pack.measures, ("crossed",)),
        ("forms", pack.forms, ("signed", "returned")),
        ("settlements", pack.settlements, ("opened", "approved", "paid", "done")),
        ("reports", pack.reports, ("published",)),
        ("duties", pack.duties, ("due", "done", "missed")),
        ("rosters", pack.rosters, ("gap",)),
        ("links", pack.links, ("back",)),
        ("moves", pack.moves.named, ("done",)),
    )


def events_of(pack: PackDocument) -> frozenset[str]:
    """Every event that can happen under this pack."""
    found = set(LIFE)
    parts: list[tuple[Iterable[str], tuple[str, ...]]] = [
        *((names, endings) for _, names, endings in bearers_of(pack)),
        ([name for name, step in pack.steps.items() if step.within], _OF_LIMIT),
        ([known.name for known in declared(pack)], ("set",)),
        ([effect.link for reaction in pack.reactions for effect in reaction.do if effect.link], ("back",)),
    ]
    for names, endings in parts:
        found.update(f"{name}.{ending}" for name in names for ending in endings)
    return frozenset(found)


def event_words(pack: PackDocument, event: str, language: str) -> str:
    """What people call an event."""
    which = 0 if language == "zh" else 1
    if event in LIFE:
        return LIFE[event][which]
    part, _, ending = event.rpartition(".")
    if ending not in _ENDINGS:
        return next((known.label(language) for known in declared(pack) if known.name == event), event)
    named: list[Mapping[str, Labelled]] = [
        pack.steps, pack.clocks, pack.forms, pack.settlements, pack.reports, pack.duties, pack.rosters, pack.links,
    ]  # fmt: skip
    entry = next((entries[part] for entries in (*named, pack.moves.named) if part in entries), None)
    known_name = next((known.label(language) for known in declared(pack) if known.name == part), part)
    label = entry.label(language, part) if entry else known_name
    return f"{label}{'' if language == 'zh' else ' '}{_ENDINGS[ending][which]}"
