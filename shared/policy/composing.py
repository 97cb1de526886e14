"""Brings the modules of a pack together: one text, several regimes that one office runs at once.

`shared` belongs to every module; a module with `shared` and the modules it names in `with` is a pack of its own; all of
them make the whole. Parts are united: lists add up, and a slot (a keyed entry: a clock, a step, a decision …) is filled
by one part only, unless `compose.settle` says how two go together. The result is a source like any other: data that
reads as if it had been written in one piece, and for all of it the place where it really stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.policy.findings import Finding, PackRefused, Path, nearest
from shared.policy.reading import Source, find

_MODULES, _SHARED, _WITH, _COMPOSE = "modules", "shared", "with", "compose"
_LISTS = frozenset(
    {("reactions",), ("guards",), ("archive",), ("scripts",), ("moves", "close"), ("channels", "publish")}
)
_CONDITION_OF: dict[str, Path] = {"steps": ("opens", "when")}
"""Where an entry's condition stands; `when` in every other section."""


def modules_of(source: Source) -> tuple[str, ...]:
    """The names of the modules; none for a pack in one piece."""
    modules = source.data.get(_MODULES)
    return tuple(modules) if isinstance(modules, dict) else ()


def composed(source: Source, module: str | None = None) -> Source:
    """The whole pack in one piece, or one `module` with what belongs to it. A pack without modules is its own whole.

    Raises PackRefused with every slot that is filled twice and every settlement that settles nothing.
    """
    names = modules_of(source)
    if module is not None and module not in names:
        path: Path = (_MODULES,) if names else ()
        raise PackRefused([source.finding(path, "no_module", name=module, meant=nearest(module, names))])
    if _MODULES not in source.data and _SHARED not in source.data:
        return source
    chosen = names if module is None else _with_others(source, module)
    whole = _Whole(source)
    for key in source.data:
        if key not in {_MODULES, _SHARED, _COMPOSE}:
            whole.graft((key,), (key,))
    if isinstance(source.data.get(_SHARED), dict):
        whole.add("", (_SHARED,))
    for name in chosen:
        if isinstance(source.data[_MODULES][name], dict):
            whole.add(name, (_MODULES, name))
        else:
            whole.findings.append(source.finding((_MODULES, name), "wrong_shape", wanted="a mapping", wanted_zh="映射",
                                                 given=str(source.data[_MODULES][name])[:60]))  # fmt: skip
    _settle(whole, names, frozenset(chosen), whole_pack=module is None)
    whole.findings += [whole.twice(slot) for slot, others in whole.others.items() if others]
    if whole.findings:
        raise PackRefused(whole.findings)
    return whole.made


@dataclass(frozen=True, slots=True)
class _Filling:
    """Who fills a slot, and where that stands in the text."""

    module: str
    path: Path


@dataclass(slots=True)
class _Whole:
    source: Source
    made: Source = field(init=False)
    first: dict[Path, _Filling] = field(default_factory=dict)
    others: dict[Path, list[_Filling]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.made = Source(self.source.file, self.source.text, {}, {(): (1, 1)})

    def add(self, module: str, path: Path) -> None:
        """Unite one part, which stands at `path`, with what there is."""
        for section, body in find(self.source.data, path).items():
            if section == _WITH and module:
                continue
            if (section,) in _LISTS:
                self._extend((section,), (*path, section))
            elif isinstance(body, dict):
                for name in body:
                    here, there = (*path, section, name), (section, name)
                    self._extend(there, here) if there in _LISTS else self._fill(there, module, here)
            else:
                self._fill((section,), module, (*path, section))

    def _extend(self, to: Path, path: Path) -> None:
        items = find(self.source.data, path)
        if not isinstance(items, list):
            self.graft(path, to)
            return
        present = find(self.made.data, to)
        begin = len(present) if isinstance(present, list) else 0
        if not begin:
            self.put(to, [], path)
        for index in range(len(items)):
            self.graft((*path, index), (*to, begin + index))

    def _fill(self, slot: Path, module: str, path: Path) -> None:
        if slot in self.first or find(self.made.data, slot) is not None:
            self.others.setdefault(slot, []).append(_Filling(module, path))
            return
        self.first[slot] = _Filling(module, path)
        self.graft(path, slot)

    def put(self, to: Path, value: Any, at: Path) -> None:
        """Set a value of the whole; `at` is where it stands in the text."""
        parent = self.made.data
        for part in to[:-1]:
            parent = parent[int(part)] if isinstance(parent, list) else parent.setdefault(part, {})
        if isinstance(parent, list):
            parent.append(value)
        else:
            parent[to[-1]] = value
        self._place(to, at)

    def _place(self, to: Path, at: Path) -> None:
        for places in ("places", "keys", "styles"):
            known = getattr(self.source, places)
            if at in known:
                getattr(self.made, places)[to] = known[at]
        for length in range(1, len(to)):  # sections begin where the first of their entries stands
            self.made.places.setdefault(to[:length], self.source.place(at))

    def graft(self, path: Path, to: Path) -> None:
        """Put what stands at `path` of the text into the whole at `to`."""
        self.put(to, find(self.source.data, path), path)
        for below in _below(find(self.source.data, path)):
            self._place((*to, *below), (*path, *below))

    def twice(self, slot: Path) -> Finding:
        """The finding of a slot that nobody settled."""
        second = self.others[slot][0]
        modules = ", ".join(filling.module or _SHARED for filling in (self.first.get(slot, second), second))
        return self.source.finding(second.path, "slot_twice", slot=_named(slot), modules=modules)


def _below(value: Any) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (key,)
        yield from ((key, *rest) for rest in _below(item))


def _with_others(source: Source, module: str) -> tuple[str, ...]:
    """A module and, transitively, those it names in `with`, in the order of the text."""
    wanted, waiting = set[str](), [module]
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        body = source.data[_MODULES].get(name)
        others = body.get(_WITH, []) if isinstance(body, dict) else []
        for index, other in enumerate(others if isinstance(others, list) else [others]):
            if other not in source.data[_MODULES]:
                path: Path = (_MODULES, name, _WITH, *((index,) if isinstance(others, list) else ()))
                known = nearest(str(other), modules_of(source))
                raise PackRefused([source.finding(path, "no_module", name=other, meant=known)])
            waiting.append(other)
    return tuple(name for name in modules_of(source) if name in wanted)


def _settle(whole: _Whole, names: tuple[str, ...], chosen: frozenset[str], *, whole_pack: bool) -> None:
    """Apply what `compose.settle` says of the chosen modules. One alone needs no narrowing: it meets nobody."""
    entries = find(whole.source.data, (_COMPOSE, "settle"))
    if whole_pack and _COMPOSE in whole.source.data:
        whole.graft((_COMPOSE,), (_COMPOSE,))
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        path: Path = (_COMPOSE, "settle", index)
        if not isinstance(entry, dict):
            continue  # its shape is found wanting with all the rest
        wanted = _modules_in(entry)
        if unknown := [name for name in wanted if name not in names]:
            known = nearest(str(unknown[0]), names)
            whole.findings.append(whole.source.finding(path, "no_module", name=unknown[0], meant=known))
        elif not chosen.issuperset(wanted):
            continue  # of no concern to this module alone
        elif "slot" in entry:
            _settle_slot(whole, entry, path, whole_pack=whole_pack)
        elif whole_pack and "narrow" in entry and isinstance(entry.get("when"), str):
            _narrow(whole, entry, path)


def _modules_in(entry: dict[str, Any]) -> list[str]:
    order = entry.get("order", [])
    named = [*(order if isinstance(order, list) else [order])]
    if "take" in entry:
        named.append(entry["take"])
    if "narrow" in entry:
        named.append(str(entry["narrow"]).partition(".")[0])
    return named


def _settle_slot(whole: _Whole, entry: dict[str, Any], path: Path, *, whole_pack: bool) -> None:
    slot: Path = tuple(str(entry["slot"]).split("."))
    fillings = {f.module: f for f in (whole.first.get(slot), *whole.others.get(slot, ())) if f}
    wanted = _modules_in(entry)
    if not wanted:
        whole.others[slot] = []  # neither order nor take: its shape is found wanting, which says what to write
        return
    if len(fillings) < 2 and not whole_pack:
        return
    if len(fillings) < 2 or any(name not in fillings for name in wanted):
        whole.findings.append(whole.source.finding(path, "settles_nothing", slot=_named(slot)))
        return
    # A place belongs to one value: what the first module wrote there goes, before the chosen one comes.
    for places in (whole.made.places, whole.made.keys, whole.made.styles):
        for known in [known for known in places if known[: len(slot)] == slot]:
            del places[known]
    whole.graft(fillings[wanted[0]].path, slot)
    if "order" in entry:
        whole.made.data[slot[0]][slot[1]] = {**whole.made.data[slot[0]][slot[1]], "rows": []}
        for name in wanted:
            rows = find(whole.source.data, (*fillings[name].path, "rows"))
            for index in range(len(rows) if isinstance(rows, list) else 0):
                to = (*slot, "rows", len(whole.made.data[slot[0]][slot[1]]["rows"]))
                whole.graft((*fillings[name].path, "rows", index), to)
    whole.others[slot] = [f for f in fillings.values() if f.module not in wanted] if "order" in entry else []


def _narrow(whole: _Whole, entry: dict[str, Any], path: Path) -> None:
    module, _, name = str(entry["narrow"]).partition(".")
    slot: Path = tuple(name.split("."))
    filling = whole.first.get(slot)
    if filling is None or filling.module != module or not isinstance(find(whole.made.data, slot), dict):
        whole.findings.append(whole.source.finding(path, "settles_nothing", slot=str(entry["narrow"])))
        return
    to = (*slot, *_CONDITION_OF.get(str(slot[0]), ("when",)))
    before = find(whole.made.data, to)
    both = f"({before}) && ({entry['when']})" if isinstance(before, str) else entry["when"]
    holder = whole.made.data
    for part in to[:-1]:
        holder[part] = dict(holder[part]) if isinstance(holder.get(part), dict) else {}
        holder = holder[part]
    holder[to[-1]] = both
    whole.made.places[to] = whole.source.place((*path, "when"))
    whole.made.styles[to] = whole.source.styles.get((*path, "when"))


def _named(slot: Path) -> str:
    return ".".join(map(str, slot))
