"""The causality core under arbitrary interleavings, duplicates, and losses followed by republication."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.delivery.causality import Marks, admit

SOURCES = ("intake", "routing", "sla")
READER = "reporting"


@dataclass(frozen=True)
class Fact:
    source: str
    sequence: int
    after: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def place(self) -> tuple[str, int]:
        return self.source, self.sequence


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """What three services emitted about one case: each event after some prefix of what the others had emitted."""
    emitted = dict.fromkeys(SOURCES, 0)
    seen: dict[str, dict[str, int]] = {source: {} for source in SOURCES}
    facts = []
    for source in draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=14)):
        for other in SOURCES:
            if other != source:
                known = draw(st.integers(seen[source].get(other, 0), emitted[other]))
                if known:
                    seen[source][other] = known
        emitted[source] += 1
        facts.append(Fact(source, emitted[source], dict(seen[source])))
    return facts


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Fact], list[list[Fact]]]:
    """A history, and batches in which its events arrive: shuffled, doubled, some lost at first, all sent again."""
    history = draw(histories())
    arriving = draw(st.lists(st.sampled_from(history), max_size=30))
    again = draw(st.permutations(history))
    sequence = arriving + list(again)
    cuts = sorted(draw(st.lists(st.integers(0, len(sequence)), max_size=8)))
    edges = [0, *cuts, len(sequence)]
    return history, [sequence[a:b] for a, b in pairwise(edges)]


def live(batches: list[list[Fact]]) -> tuple[Marks, list[Fact], tuple[Fact, ...]]:
    """A reader's life: batches come, what waits is kept beside."""
    marks, held, applied = Marks(), (), []
    for batch in batches:
        admission = admit(marks, [*held, *batch], service=READER, judged=frozenset(SOURCES))
        applied.extend(admission.ready)
        marks, held = admission.marks, tuple(w.arrival for w in admission.waiting)
    return marks, applied, held


@settings(max_examples=400)
@given(deliveries())
def test_every_event_is_applied_exactly_once_and_nothing_is_left_waiting(
    world: tuple[list[Fact], list[list[Fact]]],
) -> None:
    history, batches = world
    marks, applied, held = live(batches)
    assert sorted(f.place for f in applied) == sorted(f.place for f in history)
    assert held == ()
    assert marks.applied == {s: n for s in SOURCES if (n := sum(f.source == s for f in history))}


@settings(max_examples=400)
@given(deliveries())
def test_nothing_is_applied_before_its_causes(world: tuple[list[Fact], list[list[Fact]]]) -> None:
    _, applied, _ = live(world[1])
    have: dict[str, int] = {}
    for fact in applied:
        assert have.get(fact.source, 0) == fact.sequence - 1
        assert all(have.get(source, 0) >= sequence for source, sequence in fact.after.items())
        have[fact.source] = fact.sequence


@settings(max_examples=200)
@given(deliveries(), st.sampled_from(SOURCES))
def test_a_source_whose_topic_is_not_read_is_not_waited_for(
    world: tuple[list[Fact], list[list[Fact]]], unread: str
) -> None:
    history, batches = world
    judged = frozenset(SOURCES) - {unread}
    visible = [[fact for fact in batch if fact.source != unread] for batch in batches]
    marks, held, applied = Marks(), (), []
    for batch in visible:
        admission = admit(marks, [*held, *batch], service=READER, judged=judged)
        applied.extend(admission.ready)
        marks, held = admission.marks, tuple(w.arrival for w in admission.waiting)
    assert sorted(f.place for f in applied) == sorted(f.place for f in history if f.source != unread)


def test_a_parked_case_applies_nothing_and_loses_nothing() -> None:
    arrivals = [Fact("intake", 1), Fact("intake", 2)]
    admission = admit(Marks(parked=True), arrivals, service=READER, judged=frozenset(SOURCES))
    assert admission.ready == ()
    assert [w.waiting_for for w in admission.waiting] == ["parked", "parked"]


def test_a_readers_own_events_come_back_and_are_dropped() -> None:
    admission = admit(Marks(emitted=2), [Fact("sla", 2)], service="sla", judged=frozenset(SOURCES))
    assert admission.ready == ()
    assert admission.waiting == ()


def test_an_event_after_something_the_reader_has_not_emitted_waits() -> None:
    arrival = Fact("routing", 1, {"sla": 3})
    admission = admit(Marks(emitted=2), [arrival], service="sla", judged=frozenset(SOURCES))
    assert [w.waiting_for for w in admission.waiting] == ["sla=3"]


def test_a_blocked_event_keeps_its_later_ones_waiting() -> None:
    arrivals = [Fact("intake", 1), Fact("intake", 2)]
    admission = admit(
        Marks(),
        arrivals,
        service=READER,
        judged=frozenset(SOURCES),
        blocked=lambda a: "pack:x@1" if a.sequence == 1 else None,
    )
    assert [(w.arrival.sequence, w.waiting_for) for w in admission.waiting] == [(1, "pack:x@1"), (2, "intake=1")]
