"""Which test proves which module of the conformance suite, and which of our own promises.

Written to TABLE.md by `python -m tests.conformance.table`.

A module is proved by the test that bears its name, or by one whose docstring lists it after "Modules".
"""

import ast
import re
from pathlib import Path

from tests.conformance.plans import PLANS, UNPROVED, Plan
from tests.conformance.requirements import LISTS, Requirement

HERE = Path(__file__).resolve().parent
TABLE = HERE / "TABLE.md"
LISTED = re.compile(r"Modules? ([a-z0-9_,\s-]+)\.")
HEAD = """# Conformance: module → test

Written by `python -m tests.conformance.table`; a guard keeps it true. The modules are those of the OpenID Foundation's
suite that apply to this provider and to its client side; each test says in our own words what the module of its name
demands.
"""
PROMISES = """# Promises: requirement → tests

What each file of tests promises stands in its first line.
"""
Proofs = dict[str, tuple[str, str]]  # module → file and test


def table() -> str:
    """The whole document."""
    proofs = all_proofs()
    return "\n".join(
        [
            HEAD,
            *(section(plan, proofs) for plan in PLANS),
            PROMISES,
            *(promises(title, listed) for title, listed in LISTS.items()),
        ]
    )


def promises(title: str, listed: tuple[Requirement, ...]) -> str:
    """One list of requirements with the tests that hold us to them."""
    rows = [f"| {one.words} | {_proofs(one)} |" for one in listed]
    return "\n".join([f"## {title}", "", "| promise | tests |", "|---|---|", *rows, ""])


def _proofs(one: Requirement) -> str:
    shown = [f"[{proof.partition('::')[2] or Path(proof).stem}](../{proof.partition('::')[0]})" for proof in one.proofs]
    return ", ".join(shown) if shown else f"— {one.open}"


def absent(one: Requirement) -> list[str]:
    """Proofs that are not there: a file, or a test in it."""
    return [proof for proof in one.proofs if not _is_there(*proof.partition("::")[::2])]


def _is_there(file: str, test: str) -> bool:
    path = HERE.parent / file
    return path.is_file() and (not test or f"def {test}(" in path.read_text(encoding="utf-8"))


def section(plan: Plan, proofs: Proofs) -> str:
    rows = [f"| `{module}` | {_cell(module, proofs.get(_key(module)))} |" for module in plan.modules]
    proved = sum(_key(module) in proofs for module in plan.modules)
    title = f"## {plan.about}\n\n`{plan.name}`: {proved} of {len(plan.modules)} modules."
    return "\n".join([title, "", "| module | test |", "|---|---|", *rows, ""])


def missing(plan: Plan) -> list[str]:
    """The modules that no test proves."""
    proofs = all_proofs()
    return [module for module in plan.modules if _key(module) not in proofs]


def all_proofs() -> Proofs:
    """Every test that bears or lists a module's name."""
    found: Proofs = {}
    for file in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            listed = LISTED.search(ast.get_docstring(node) or "")
            names = (node.name.removeprefix("test_"), *(re.split(r",\s*", listed[1]) if listed else ()))
            for name in names:
                found.setdefault(_key(name), (file.name, node.name))
    return found


def _key(name: str) -> str:
    """Names of modules as Python can write them, and as the suite does, are one."""
    return name.strip().lower().replace("_", "-")


def _cell(module: str, proof: tuple[str, str] | None) -> str:
    return f"[{proof[1]}]({proof[0]})" if proof is not None else f"— {UNPROVED.get(module, '')}".rstrip()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
