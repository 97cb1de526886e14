"""`python -m tests.scenarios.rules [--json]`: what keeps each rule of the packs; exit 5 where something is missing."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from shared.policy.loading import packaged_pack_text, packaged_packs
from tests.scenarios.rules.coverage import Coverage, coverage, named_tests
from tests.scenarios.rules.table import read_rules

ROOT = Path(__file__).parents[3]
GAP = 5


def main(arguments: list[str]) -> int:
    """Prints the coverage; 5 if a rule has a gap."""
    packs = {f"shared/policy/packs/{code}.yaml": packaged_pack_text(code) for code in packaged_packs()}
    found = coverage(read_rules(), packs, named_tests(ROOT.glob("tests/**/test_*.py"), ROOT))
    if "--json" in arguments:
        sys.stdout.write(json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1) + "\n")
    else:
        for entry in found:
            sys.stdout.write(told(entry) + "\n")
        sys.stdout.write(_sum(found) + "\n")
    return GAP if any(entry.gap for entry in found) else 0


def told(entry: Coverage) -> str:
    """One rule in words."""
    lines = [f"{entry.pack or '-'}  {entry.rule.id}  {entry.rule.kind}  {entry.rule.gist}"]
    if entry.rule.reason:
        lines.append(f"    not applicable: {entry.rule.reason}")
    if entry.same_as:
        lines.append(f"    same as {', '.join(entry.same_as)}")
    lines += [f"    enforced by {citation.place} {citation.entry}" for citation in entry.software]
    lines += [f"    kept by people: {citation.place}, shown at {citation.shown}" for citation in entry.scripts]
    lines += [f"    tested by {test}" for test in entry.tests]
    lines += [f"    GAP: {entry.gap}"] if entry.gap else []
    return "\n".join(lines)


def _sum(found: tuple[Coverage, ...]) -> str:
    total, gaps = Counter(entry.pack for entry in found), Counter(entry.pack for entry in found if entry.gap)
    rows = [f"{pack or '-'}: {count} rules, {gaps[pack]} with a gap" for pack, count in total.items()]
    return "\n".join(["", *rows])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
