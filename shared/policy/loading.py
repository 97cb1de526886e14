"""Loads a pack: reads, checks and compiles it, or says everything that is wrong with it."""

from hashlib import sha256
from importlib.resources import files

from shared.policy.checks.shape import read_shape
from shared.policy.document.entry import Condition
from shared.policy.entries import all_of
from shared.policy.findings import Finding, PackRefused
from shared.policy.names import environment_of, name_table
from shared.policy.pack import Pack
from shared.policy.reading import read_source

DEFAULT = "developer-property"


def check_pack(text: str, name: str = "pack.yaml") -> list[Finding]:
    """Everything that is wrong with the pack in `text`; `name` stands in the messages. Empty for a sound pack."""
    try:
        load_pack(text, name)
    except PackRefused as refused:
        return refused.findings
    return []


def load_pack(text: str, name: str = "pack.yaml") -> Pack:
    """The pack in `text`, ready to be asked. Raises PackRefused with every finding."""
    source = read_source(text, name)
    document, findings = read_shape(source)
    if document is None:
        raise PackRefused(findings)
    names = name_table(document)
    environment = environment_of(names)
    conditions = {path: environment.compile(condition) for path, condition in all_of(Condition, document)}
    return Pack(document, text, sha256(text.encode()).hexdigest(), names, environment, conditions)


def default_pack_text() -> str:
    """The text of the pack that comes with the product."""
    return files("shared.policy").joinpath("packs", f"{DEFAULT}.yaml").read_text(encoding="utf-8")
