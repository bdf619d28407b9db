"""The architecture, held: arrows point downwards, the importer is pure, one file knows WeasyPrint, the map is true."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [path for part in ("golive_site", "checklists", "signoffs") for path in (ROOT / part).rglob("*.py")]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return {name.split(".")[0] for name in found}


def test_checklists_know_nothing_of_signoffs():
    upwards = [path for path in (ROOT / "checklists").rglob("*.py") if "signoffs" in imports_of(path)]
    assert upwards == []


def test_the_importer_is_pure_but_for_its_last_stage():
    stages = [path for path in (ROOT / "checklists" / "importing").glob("*.py") if path.name != "plan.py"]
    assert len(stages) > 5
    assert [path.name for path in stages if "django" in imports_of(path)] == []


def test_one_file_knows_weasyprint():
    assert [path.name for path in SOURCES if "weasyprint" in imports_of(path)] == ["pdf.py"]


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"])
def test_documents_name_only_what_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"\b((?:checklists|signoffs|golive_site|tests|docs|templates|static)/[\w./-]*\w)", text))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_stylesheet_and_script_is_our_own():
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', pages) == []
