"""Can a survey be made: shares that are shares, and a condition about what is known when its sample is drawn."""

from collections.abc import Iterator, Mapping

from shared.policy.document.surveys import Survey
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path, nearest
from shared.policy.reading import Source
from shared.policy.surveying import parse_share

_OF_A_HOUSEHOLD = frozenset({
    "contact_type", "channel", "medium", "registered_at", "arisen_at", "open", "contactable", "anonymous",
    "reopened_count", "customer_response",
})  # fmt: skip
"""What the register knows of a household's complaints; what others decide of a case it does not."""


def check_surveys(source: Source, document: PackDocument, conditions: Mapping[Path, Compiled]) -> Iterator[Finding]:
    """Shares that are none, and conditions that ask for what nobody knows then."""
    given = {name for name, fact in document.facts.items() if fact.ask == "intake"}
    counted = {name for name, measure in document.measures.items() if measure.of_neighbours}
    known = _OF_A_HOUSEHOLD | given | counted
    for name, survey in document.surveys.items():
        here: Path = ("surveys", name)
        for path, share in _shares(survey):
            yield from check_share(source, (*here, *path), share, document)
        if survey.raised is not None and survey.below is None:
            yield source.finding((*here, "raised"), "raised_for_nothing", at=source.place((*here, "raised")))
        where = (*here, "sample", "must_include", "where")
        if where in conditions:
            for asked in sorted(conditions[where].names - known):
                yield source.finding(where, "not_of_household", at=source.place(where), name=asked)


def _shares(survey: Survey) -> Iterator[tuple[Path, str]]:
    if survey.sample is not None and survey.sample.random is not None:
        yield ("sample", "random"), survey.sample.random
    if survey.target is not None:
        yield ("target",), survey.target
    if survey.raised is not None and isinstance(survey.raised.at_least, str):
        yield ("raised", "at_least"), survey.raised.at_least


def check_share(source: Source, path: Path, share: str, document: PackDocument) -> Iterator[Finding]:
    """A share that is none: neither `20%` nor a parameter that says one."""
    if share.startswith("$"):
        name = share[1:]
        if name not in document.params:
            meant = nearest(name, document.params)
            yield source.finding(path, "no_param", at=source.place(path), name=name, meant=meant)
            return
        share, path = str(document.params[name].value), ("params", name, "value")
    if parse_share(share) is None:
        yield source.finding(path, "no_percentage", at=source.place(path), given=share)
