"""Every mistake of a questionnaire is said with its file, its line and the nearest right spelling."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.catalog import lint as linter
from wizard.catalog.problems import QuestionnaireMistakes, nearest
from wizard.catalog.reading import MAX_BYTES
from wizard.catalog.toml_folder import load

MAIN = """\
[questionnaire]
id = "small"
version = "1"
title = "Small"
publisher = "Nobody"
page = "A page"
read_on = 2025-10-02
"""

SECTION = """\
[section]
id = "one"
title = "One"
summary = "The one section"

[[scoping]]
id = "SCOPE-1"
title = "Hosts"
explanation = "Which hosts there are."
why = "They are looked at."

[[requirement]]
id = "DATA-1"
obligation = "must"
title = "A duty"
explanation = "What it is."
why = "It matters."
good_evidence = ["a"]
bad_evidence = ["b"]
fix = "Do it."
source = { heading = "H", word = "must", digest = "DIGEST" }
checks = ["hsts", "cookies"]
deciding = ["hsts"]

[[requirement.part]]
id = "DATA-1a"
title = "First half"
checks = ["hsts"]

[[requirement]]
id = "DATA-2"
obligation = "recommended"
title = "Another duty"
explanation = "What it is."
why = "It matters."
good_evidence = ["a"]
bad_evidence = ["b"]
fix = "Do it."
source = { heading = "H", word = "must", digest = "DIGEST" }
blocked_by = ["DATA-1"]
applies = 'Q-choice != "never"'
otherwise = "It never happens."

[[question]]
id = "SCOPE-1"
kind = "table"
requirements = ["SCOPE-1"]
ask = "Which hosts?"
column = [
  { id = "host", label = "Host", required = true },
  { id = "public", label = "Public?", kind = "yes-no" },
  { id = "kind", label = "Kind", kind = "choice", option = [{ id = "api", label = "API" }] },
]
row = [{ kind = "api" }]

[[question]]
id = "Q-choice"
kind = "choice"
requirements = ["DATA-1"]
ask = "How often?"
option = [{ id = "never", label = "Never" }, { id = "daily", label = "Daily" }]

[[question]]
id = "Q-text"
kind = "text"
requirements = ["DATA-1a", "DATA-2"]
ask = "How?"
when = 'Q-choice = "daily" and SCOPE-1.public has "yes"'
otherwise = "It never happens."

[[question]]
id = "Q-days"
kind = "number"
requirements = ["DATA-2"]
ask = "How many days?"
minimum = "1"
unit = "days"
""".replace("DIGEST", "0" * 64)

CHECKS = {"hsts", "cookies"}


def write(folder: Path, section: str = SECTION, main: str = MAIN) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "questionnaire.toml").write_text(main, encoding="utf-8")
    (folder / "10-one.toml").write_text(section, encoding="utf-8")
    return folder


def swap(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def test_the_small_one_is_right(tmp_path: Path) -> None:
    folder = write(tmp_path / "q")
    assert linter.lint(folder, CHECKS) == ()
    assert load(folder, CHECKS).question_by_id["Q-text"].when is not None


MISTAKES = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_has_its_place(name: str, tmp_path: Path) -> None:
    case = MISTAKES[name]
    file = case.get("file", "10-one.toml")
    before = SECTION if file == "10-one.toml" else MAIN
    after = swap(before, case["old"], case["new"])
    for old, new in case.get("replace-also", {}).items():
        after = swap(after, old.encode().decode("unicode_escape"), new.encode().decode("unicode_escape"))
    start = before.index(case["old"])
    if "where" in case:
        find = after.rindex if case.get("last") else after.index
        start = find(case["where"])
    folder = write(tmp_path / "q", **{"section" if file == "10-one.toml" else "main": after})
    problems = linter.lint(folder, CHECKS)
    everything = [str(problem) for problem in problems]
    found = [p for p in problems if case["says"] in p.sentence]
    assert [(p.file, p.line) for p in found] == [(file, after.count("\n", 0, start) + 1)], everything
    assert len(problems) == 1 + case.get("more", 0), everything


def test_questions_that_wait_for_each_other(tmp_path: Path) -> None:
    section = SECTION + 'when = \'Q-text = "x"\'\notherwise = "x"\n'
    section = section.replace('\'Q-choice = "daily" and SCOPE', '\'Q-days = "1" and SCOPE')
    problems = linter.lint(write(tmp_path / "q", section), CHECKS)
    line = section.count("\n", 0, section.index("when = 'Q-days")) + 1
    assert [str(p) for p in problems] == [
        f"10-one.toml:{line}: These questions wait for each other: Q-text → Q-days → Q-text."
    ]


def test_requirements_that_block_each_other(tmp_path: Path) -> None:
    section = swap(SECTION, 'deciding = ["hsts"]', 'deciding = ["hsts"]\nblocked_by = ["DATA-2"]')
    problems = linter.lint(write(tmp_path / "q", section), CHECKS)
    line = section.count("\n", 0, section.index('blocked_by = ["DATA-2"]')) + 1
    assert [str(p) for p in problems] == [
        f"10-one.toml:{line}: These requirements block each other: DATA-1 → DATA-2 → DATA-1."
    ]


def test_a_question_behind_a_hidden_one_is_never_asked(tmp_path: Path) -> None:
    """Q-days needs an answer to Q-text, which is asked only when Q-days' other half is false."""
    section = SECTION + 'when = \'Q-text = "x" and Q-choice = "never"\'\notherwise = "x"\n'
    problems = linter.lint(write(tmp_path / "q", section), CHECKS)
    line = section.count("\n", 0, section.index("when = 'Q-text")) + 1
    assert [(p.line, "can never be asked" in p.sentence) for p in problems] == [(line, True)]


def test_a_requirement_that_nobody_is_asked_about(tmp_path: Path) -> None:
    section = swap(SECTION, 'requirements = ["DATA-1a", "DATA-2"]', 'requirements = ["DATA-1a"]')
    section = swap(section, 'requirements = ["DATA-2"]', 'requirements = ["DATA-1"]')
    (problem,) = linter.lint(write(tmp_path / "q", section), CHECKS)
    assert problem.line == section.count("\n", 0, section.index('id = "DATA-2"')) + 1
    assert "Nothing is asked about DATA-2" in problem.sentence


def test_all_mistakes_at_once_sorted(tmp_path: Path) -> None:
    section = SECTION
    for name in ("unknown-check", "unknown-obligation", "condition-on-no-column", "unknown-key-in-a-question"):
        section = swap(section, MISTAKES[name]["old"], MISTAKES[name]["new"])
    problems = linter.lint(write(tmp_path / "q", section, swap(MAIN, "title", "titel")), CHECKS)
    assert [p.file for p in problems] == ["10-one.toml"] * 4 + ["questionnaire.toml"] * 2
    assert [p.line for p in problems] == [*sorted(p.line for p in problems[:4]), 1, 4]


def test_two_files_share_their_ids(tmp_path: Path) -> None:
    folder = write(tmp_path / "q")
    (folder / "20-two.toml").write_text(SECTION, encoding="utf-8")
    problems = linter.lint(folder, CHECKS)
    taken = ("one", "SCOPE-1", "DATA-1", "DATA-1a", "DATA-2", "SCOPE-1", "Q-choice", "Q-text", "Q-days")
    assert {p.file for p in problems} == {"20-two.toml"}
    assert [id for p, id in zip(problems, taken, strict=True) if f"“{id}” is taken" in p.sentence] == list(taken)
    assert all(f'id = "{id}"' in SECTION.split("\n")[p.line - 1] for p, id in zip(problems, taken, strict=True))


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"[section]\nid = \n", 2, "This is not TOML"),
        (b'[section]\nid = "a\n', 2, "This is not TOML"),
        (b'[section]\nid = """a\n', 3, "This is not TOML"),
        (b'[section]\nid = "a"\nid = "b"\n', 3, "This is not TOML"),
        (b'[section]\ntitle = "\xff"\n', 2, "not UTF-8"),
        (b"x = " + b"[" * 5000 + b"]" * 5000 + b"\n", 1, "too deep"),
        (b"x = " + b"9" * 5000 + b"\n", 1, "not TOML"),
        (b"#" * (MAX_BYTES + 1), 1, "larger than"),
        (b"", 1, "“section” is missing"),
        (b'[section]\nid = "a"\ntitle = "t"\nsummary = "s"\n', 1, "at least one [[requirement]]"),
        (b"section = 1\n", 1, "must be a table, not a number"),
        (b"question = 1\n[section]\n", 1, "[[question]]"),
    ],
)
def test_files_that_cannot_be_read(content: bytes, line: int, words: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "q")
    (folder / "20-two.toml").write_bytes(content)
    problems = [p for p in linter.lint(folder, CHECKS) if words in p.sentence]
    assert [(p.file, p.line) for p in problems] == [("20-two.toml", line)]


def test_folders_that_are_none(tmp_path: Path) -> None:
    assert "could not be read" in linter.lint(tmp_path / "nowhere", CHECKS)[0].sentence
    assert "is missing" in linter.lint(tmp_path, CHECKS)[0].sentence
    (tmp_path / "questionnaire.toml").write_text(MAIN)
    assert "No section" in linter.lint(tmp_path, CHECKS)[0].sentence
    for n in range(101):
        (tmp_path / f"{n}.toml").write_text("")
    assert "more than 100" in linter.lint(tmp_path, CHECKS)[0].sentence


def test_a_broken_one_never_half_opens(tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", swap(SECTION, '"cookies"]', '"cokies"]'))
    with pytest.raises(QuestionnaireMistakes) as caught:
        load(folder, CHECKS)
    assert caught.value.problems == linter.lint(folder, CHECKS)
    assert "“broken” has 1 mistake" in caught.value.sentence
    assert "10-one.toml:" in caught.value.sentence
    assert str(tmp_path) not in caught.value.sentence


def test_many_mistakes_are_counted(tmp_path: Path) -> None:
    section = SECTION + "".join(f'[[question]]\nid = "N-{n}"\n' for n in range(30))
    with pytest.raises(QuestionnaireMistakes, match=r"… and \d+ more") as caught:
        load(write(tmp_path / "q", section), CHECKS)
    assert len(caught.value.problems) == 90


def test_a_table_at_a_key_that_the_shape_does_not_have(tmp_path: Path) -> None:
    """A scoping question has no source; found by damaging files."""
    section = swap(SECTION, "[[scoping]]", "[[scoping]]\nsource = { page = 1 }")
    questionnaire, problems = linter.examine(write(tmp_path / "q", section), CHECKS)
    assert questionnaire is None
    assert any("source" in p.sentence for p in problems)


def test_nearest() -> None:
    assert nearest("hst", ["hsts", "csp"]).endswith("“hsts”?")
    assert nearest("zzzz", ["hsts", "csp"]) == ""
    assert nearest("data-1", ["DATA-1"]).endswith("“DATA-1”?")


@pytest.mark.slow
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_no_damage_ends_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    """Lines dropped, doubled, swapped or cut: a sentence with a line of the file, or a whole questionnaire."""
    lines = SECTION.split("\n")
    for _round in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "cut", "swap"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case _:
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
    text = "\n".join(lines)
    questionnaire, problems = linter.examine(write(tmp_path / "q", text), CHECKS)
    assert (questionnaire is None) == bool(problems)
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 1


@pytest.mark.slow
@pytest.mark.parametrize("opening", ["[", "{ a = "])
def test_any_depth_of_lists_is_said(opening: str, tmp_path: Path) -> None:
    """As deep as the reader can just manage, and around it."""
    closing = "]" if opening == "[" else "}"
    folder = write(tmp_path / "q")
    for depth in (*range(100, 520, 7), 2000):
        text = f"x = {opening * depth}{1 if closing == '}' else ''}{closing * depth}\n{SECTION.replace('one', 'two')}"
        (folder / "20-two.toml").write_text(text, encoding="utf-8")
        problems = linter.lint(folder, CHECKS)
        assert any(p.file == "20-two.toml" and p.line == 1 for p in problems)
