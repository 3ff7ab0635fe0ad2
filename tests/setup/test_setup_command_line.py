"""docs/command-line.md says exactly what the command line does."""

import argparse
import dataclasses
import re
from importlib import import_module

import pytest

from wizard.cli import main
from wizard.cli.output import Exit

EVERYWHERE = {"--json", "--home", "--log", "--help"}


@pytest.fixture(scope="module")
def page(checkout):
    return (checkout / "docs" / "command-line.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def synopses(page):
    """`{command: its line}` from the block at the top."""
    lines = re.findall(r"^    attestry (\w+)(.*)$", page.partition("## Everywhere")[0], re.M)
    return dict(lines)


@pytest.fixture(scope="module")
def commands():
    """The real parser of each command."""
    found = {}
    for name in main.COMMANDS:
        found[name] = argparse.ArgumentParser()
        main._OPTIONS[name][1](found[name])
    return found


def options(parser):
    return {option for action in parser._actions for option in action.option_strings if option.startswith("--")}


def test_every_command_is_documented_and_no_other(synopses, page):
    assert set(synopses) == set(main.COMMANDS)
    assert set(re.findall(r"^## ([a-z]+)$", page, re.M)) == set(main.COMMANDS)


@pytest.mark.parametrize("name", main.COMMANDS)
def test_the_options_of_a_command_are_those_of_the_program(name, synopses, commands):
    assert set(re.findall(r"--[\w-]+", synopses[name])) == options(commands[name]) - EVERYWHERE


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_option_is_explained(name, page, commands):
    for option in options(commands[name]) - EVERYWHERE:
        assert re.search(rf"`{option}[` ]", page), option


@pytest.mark.parametrize("name", main.COMMANDS)
def test_what_stands_everywhere_is_taken_everywhere(name, synopses, tmp_path):
    words = {
        "URL…": "example.com",
        "FILE…": "x.json",
        "WORKSPACE": "x.attestry",
        "FILE.pdf": "x.pdf",
        "OLD.pdf": "x.pdf",
        "DIR": "x",
        "checks": "checks",
        "ID": "hsts",
        "REQUEST": "x.attestry-request",
        "card": "card",
        "secrets": "secrets",
        "apollo": "apollo",
        "FULL.pdf": "x.pdf",
    }
    given = [words[word] for word in re.sub(r"\[.*?\]|--out \S+", "", synopses[name]).replace("|", " ").split()[:1]]
    needed = {
        "export": ["--out", "x.pdf"],
        "judge": ["--facts", "-"],
        "compare": ["y.pdf"],
        "team": ["x.attestry"],
        "renew": ["x.attestry"],
        "disclose": ["--item", "x", "--out", "x.json"],
        "beside": ["reminders", "--out", "x.ics"],
        "bundle": ["x.pdf", "--out", "x.zip"],
        "scan": ["x"],
    }.get(name, [])
    after = main.parse([name, *given, *needed, "--json", "--home", str(tmp_path), "--log", "json"])
    before = main.parse(["--home", str(tmp_path), "--log", "json", name, *given, *needed, "--json"])
    for asked in (after, before):
        assert (asked.command, asked.json, asked.home, asked.log) == (name, True, tmp_path, "json")


def test_the_exit_codes_are_those_of_the_program(page):
    table = page.partition("## Exit codes")[2].partition("## ")[0]
    documented = {int(code): meaning for code, meaning in re.findall(r"^\| (\d) \| (.+?) \|$", table, re.M)}
    assert set(documented) == {code.value for code in Exit}
    assert documented[Exit.FINE] == "fine"
    assert documented[Exit.COULD_NOT_LOOK] == "could not look"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["check"], ["verify"], ["export", "x"], ["list", "hosts"], ["--log", "x"]]
)
def test_wrong_usage_is_exit_code_2_and_a_sentence(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main.parse(arguments)
    assert stopped.value.code == Exit.BAD_INPUT
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: ")


def test_no_option_takes_a_secret_as_its_value(commands):
    for parser in commands.values():
        for option in options(parser):
            assert option.endswith("-fd") or not re.search("pass|secret|token|password|key", option), option


@pytest.mark.parametrize("name", main.COMMANDS)
def test_every_field_of_a_result_is_named(name, page):
    section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    module = import_module(f"wizard.cli.{name}_command")
    printed = [
        kind for kind in vars(module).values() if dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
    ]
    for kind in printed:
        for field in dataclasses.fields(kind):
            assert f"`{field.name}`" in section, f"{kind.__name__}.{field.name}"
