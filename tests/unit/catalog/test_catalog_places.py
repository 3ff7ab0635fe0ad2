"""Every key and item of a TOML file is found on the line where it stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.catalog.places import places

TEXT = '''# a comment with [brackets] and "quotes"
title = "one"
long = """
first = 1
"quoted" second
"""
'a b' = 'x # no comment'

[table.below]
"k\\u0065y" = [ # comment ]
  1, [2, 3],
  { a = 1, b = ["x", "]"] },
]
dotted.name = true

[[list]]
id = "A"
text = \'\'\'
id = "not this"
\'\'\'
[[list.inner]]
id = "B"
[[list.inner]]
id = "C"
[list.once]
x = 1

[[list]]
when = "a" # trailing
id = "D"
[[list.inner]]
id = "E"
'''


def test_lines_of_everything() -> None:
    tomllib.loads(TEXT)
    found = places(TEXT)
    lines = TEXT.split("\n")

    def at(*path: str | int) -> str:
        return lines[found[path] - 1].strip()

    assert at("title") == 'title = "one"'
    assert at("long") == 'long = """'
    assert found[("a b",)] == 7
    assert at("table", "below", "key") == '"k\\u0065y" = [ # comment ]'
    assert at("table", "below", "key", 0) == "1, [2, 3],"
    assert at("table", "below", "key", 2, "b", 1) == '{ a = 1, b = ["x", "]"] },'
    assert at("table", "below", "dotted", "name") == "dotted.name = true"
    assert at("list", 0, "id") == 'id = "A"'
    assert at("list", 0, "text") == "text = '''"
    assert at("list", 0, "inner", 1, "id") == 'id = "C"'
    assert at("list", 0, "once", "x") == "x = 1"
    assert at("list", 1, "id") == 'id = "D"'
    assert at("list", 1, "inner", 0, "id") == 'id = "E"'
    assert at("list", 1) == "[[list]]"


_keys = st.from_regex(r"[a-z]{1,4}", fullmatch=True)


@pytest.mark.slow
@given(st.lists(st.tuples(st.booleans(), _keys, st.text(max_size=20)), max_size=12))
def test_generated_files(tables: list[tuple[bool, str, str]]) -> None:
    """Strings of any content, in basic or literal multi-line form, never move what follows them."""
    out: list[str] = []
    wanted: dict[tuple[str | int, ...], int] = {}
    for index, (long, key, value) in enumerate(tables):
        out.append("[[t]]")
        wanted[("t", index)] = len(out)
        escaped = "".join(f"\\U{ord(c):08x}" if not c.isalnum() else c for c in value if not 0xD800 <= ord(c) < 0xE000)
        if long:
            out += [f'{key} = """', "[[t]]", f'x = "{escaped}"', '"""']
            wanted[("t", index, key)] = len(out) - 3
        else:
            out.append(f'{key} = "{escaped}" # [[t]]')
            wanted[("t", index, key)] = len(out)
    text = "\n".join(out) + "\n"
    tomllib.loads(text)
    found = places(text)
    assert {path: found[path] for path in wanted} == wanted
