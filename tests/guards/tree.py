"""The project's own files, as the guards read them."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("gateway", "trust", "pwa", "deploy")


def tracked() -> list[Path]:
    """Every file under version control that is still there; in an unpacked archive, every file but caches."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        files = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        files = [file for file in ROOT.rglob("*") if not {".venv", "node_modules", "__pycache__"} & {*file.parts}]
    return sorted(file for file in files if file.is_file() and not file.is_symlink())


def modules(*packages: str) -> list[Path]:
    """The Python files of these packages, or of the whole project."""
    python = [file for file in tracked() if file.suffix == ".py"]
    return [file for file in python if not packages or file.relative_to(ROOT).parts[0] in packages]


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=name(file))


def imported(module: ast.Module) -> Iterator[str]:
    """The full names a module imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
