"""The project's own source, parsed: what each module imports and which strings it holds."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "routing", "sla", "notify", "reporting")


@dataclass(frozen=True)
class Module:
    """One Python file. `name` is dotted: `services.routing.policy.severity`."""

    name: str
    text: str
    tree: ast.Module

    @property
    def service(self) -> str | None:
        """The service it belongs to, or None."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == "services" and len(parts) > 1 and parts[1] in SERVICES else None

    @property
    def room(self) -> str:
        """What it is to its service: the name of its file, or of the package the file was split into."""
        parts = self.name.split(".")
        return parts[2] if len(parts) > 2 else "__init__"

    @property
    def imports(self) -> set[str]:
        """Every dotted name it imports, wherever the statement stands; `from a import b` gives `a` and `a.b`."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        return found

    @property
    def relative_imports(self) -> bool:
        """Whether it imports by dots: then `imports` would not tell the truth."""
        return any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(self.tree))

    @property
    def strings(self) -> Iterator[str]:
        """Every string it holds except docstrings."""
        texts = {
            id(node.value)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
                yield node.value

    @property
    def attributes(self) -> Iterator[str]:
        """Every dotted attribute it names, the last two parts: `datetime.now`, `func.now`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                yield ".".join(ast.unparse(node).split(".")[-2:])

    def imports_any(self, *names: str) -> set[str]:
        """Those imports that are one of `names` or lie below one."""
        return {found for found in self.imports if any(within(found, name) for name in names)}


def within(name: str, package: str) -> bool:
    """Tell whether the dotted `name` is `package` or lies below it."""
    return name == package or name.startswith(f"{package}.")


def parse(name: str, text: str) -> Module:
    """Make a module of a text."""
    return Module(name, text, ast.parse(text))


@cache
def modules(*tops: str) -> list[Module]:
    """Parse every Python file below the given top-level packages."""
    paths = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    return [parse(".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text()) for path in paths]


def broken(rule: Callable[[Module], Iterable[str]], among: Iterable[Module]) -> dict[str, list[str]]:
    """What `rule` finds wrong, by module; modules in order are left out."""
    return {module.name: found for module in among if (found := sorted(rule(module)))}
