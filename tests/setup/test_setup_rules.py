"""Whoever changes what a check concludes raises its version: a digest of each check's module is kept beside its rule.

`make rules` writes rules.json anew. Only the module in which a check lives is watched, not what it shares with others.
"""

import ast
import hashlib
import inspect
import json
import sys
from pathlib import Path

import pytest

from wizard.checks.every import CHECKS

KEPT = Path(__file__).with_name("rules.json")


def digest(source):
    """Of what a module does: without comments, docstrings and the words of sentences."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0].value.value = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
            for said in node.args:
                if isinstance(said, ast.Constant):
                    said.value = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Check":
            node.keywords = [each for each in node.keywords if each.arg != "version"]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:16]


def now():
    sources = {check.id: inspect.getsource(sys.modules[check.judge.__module__]) for check in CHECKS}
    return {check.id: {"version": check.version, "module": digest(sources[check.id])} for check in CHECKS}


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="Each Python writes the tree of a module in its own way.")
def test_a_check_that_changed_has_a_new_version():
    kept, found = json.loads(KEPT.read_text()), now()
    silent = [
        id for id, rule in found.items()
        if (before := kept.get(id)) and before["module"] != rule["module"] and before["version"] == rule["version"]
    ]  # fmt: skip
    assert not silent, (
        f"These checks changed, and their version did not: {', '.join(silent)}. Raise it where any facts get another "
        "verdict now, so that people are told. Then, or where none does, run “make rules”."
    )
    assert kept == found, "A check is new, gone or has a new version: run “make rules”."


def test_words_and_comments_are_no_rule():
    rule = 'def judge():\n    """Says."""\n    return _("Fine.") if 1 > 0 else 2  # so\nCHECK = Check(version=1)\n'
    said = rule.replace("Says", "Tells").replace("Fine", "Good").replace("# so", "").replace("version=1", "version=2")
    assert digest(rule) == digest(said) != digest(rule.replace("1 > 0", "2 > 0"))


if __name__ == "__main__":
    KEPT.write_text(json.dumps(now(), indent=1, sort_keys=True) + "\n")
