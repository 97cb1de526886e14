"""Loads a pack: reads, checks and compiles it, or says everything that is wrong with it."""

from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files

from shared.policy.checks.clocks import check_clocks
from shared.policy.checks.conditions import compile_conditions
from shared.policy.checks.decisions import check_decisions
from shared.policy.checks.facts import check_facts
from shared.policy.checks.naming import check_names
from shared.policy.checks.provenance import check_provenance
from shared.policy.checks.references import check_references
from shared.policy.checks.shape import read_shape
from shared.policy.composing import composed, modules_of
from shared.policy.extending import extended
from shared.policy.findings import Finding, PackRefused
from shared.policy.names import environment_of, name_table
from shared.policy.pack import Pack
from shared.policy.reading import Source, read_source, written_source

DEFAULT = "developer-property"

Group = Callable[[str], str | None]
"""Finds the text of a group's pack by its code, for the packs that extend it."""


def check_pack(text: str, name: str = "pack.yaml", group: Group | None = None) -> list[Finding]:
    """Everything that is wrong with the pack in `text`; `name` stands in the messages. Empty for a sound pack.

    A pack of modules must be sound as a whole, and each of its modules alone.
    """
    try:
        load_pack(text, name, group=group)
        for module in modules_of(read_source(text, name)):
            load_pack(text, f"{name}#{module}", module, group=group)
    except PackRefused as refused:
        return refused.findings
    return []


def load_pack(text: str, name: str = "pack.yaml", module: str | None = None, *, group: Group | None = None) -> Pack:
    """The pack in `text`, or one module of it with what belongs to that, ready to be asked. Raises PackRefused with
    every finding, in the order of the text. `group` finds what the pack extends, else what comes with the product."""
    source = _whole(text, name, module, group or _packaged, frozenset())
    document, findings = read_shape(source)
    if document is None:
        raise PackRefused(_sorted(findings))
    names = name_table(document)
    environment = environment_of(names)
    conditions, findings = compile_conditions(source, document, names, environment)
    findings += check_names(source, document)
    findings += check_references(source, document, names)
    findings += check_facts(source, document, conditions)
    findings += check_clocks(source, document, conditions, names)
    findings += check_decisions(source, document)
    findings += check_provenance(source, document)
    if findings:
        raise PackRefused(_sorted(findings))
    return Pack(document, text, sha256(text.encode()).hexdigest(), names, environment, conditions)


def standalone_text(text: str, name: str = "pack.yaml", group: Group | None = None) -> str:
    """The pack's text, with all that it inherits written out; the same text if it extends nothing. What is published
    stands on its own: a later version of the group's pack does not change it."""
    if "extends" not in read_source(text, name).data:
        return text
    return written_source(_whole(text, name, None, group or _packaged, frozenset()))


def _whole(text: str, name: str, module: str | None, group: Group, seen: frozenset[str]) -> Source:
    """The pack in one piece, its modules united and all it inherits added."""
    source = composed(read_source(text, name), module)
    above = source.data.get("extends")
    if above is None:
        return source
    if above in seen:
        raise PackRefused([source.finding(("extends",), "extends_itself", name=above)])
    inherited = group(str(above))
    if inherited is None:
        raise PackRefused([source.finding(("extends",), "no_group_pack", name=above)])
    return extended(source, _whole(inherited, f"{above}.yaml", None, group, seen | {str(above)}))


def _packaged(code: str) -> str | None:
    return packaged_pack_text(code) if code in packaged_packs() else None


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))


def packaged_packs() -> tuple[str, ...]:
    """The codes of the packs that come with the product."""
    folder = files("shared.policy").joinpath("packs")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def packaged_pack_text(code: str) -> str:
    """The text of one of them."""
    return files("shared.policy").joinpath("packs", f"{code}.yaml").read_text(encoding="utf-8")


def default_pack_text() -> str:
    """The text of the pack that a new installation begins with."""
    return packaged_pack_text(DEFAULT)
