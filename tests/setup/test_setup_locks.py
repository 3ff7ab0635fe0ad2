"""What is installed is decided by hashes: both locks are whole, agree with each other, and name no host."""

import re
import tomllib

import pytest


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path):
    """`{(name, version): (marker, hashes)}` of a lock; fails on any other kind of line."""
    found = {}
    for block in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)(?: ; (.*?))?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", block)
        assert match, block[:100]
        found[normal(match[1]), match[2]] = (match[3], frozenset(match[4].split()))
    return found


@pytest.fixture(scope="module")
def runtime(checkout):
    return read(checkout / "requirements.lock")


@pytest.fixture(scope="module")
def development(checkout):
    return read(checkout / "requirements-dev.lock")


@pytest.fixture(scope="module")
def project(checkout):
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_no_lock_names_a_host(checkout):
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert not re.search(r"https?:|--index|--find-links|--trusted-host|@ ", (checkout / name).read_text()), name


def test_the_development_lock_holds_the_other_one(runtime, development):
    for key, (_marker, hashes) in runtime.items():
        assert key in development
        assert development[key][1] == hashes, key


def test_every_dependency_is_locked(runtime, development, project):
    def names(requirements):
        return {normal(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in requirements}

    extras = project["optional-dependencies"]
    assert names([*project["dependencies"], *extras["build"]]) <= {name for name, _ in runtime}
    assert names(extras["dev"]) <= {name for name, _ in development}


def test_what_only_tests_need_is_not_in_the_runtime_lock(runtime):
    assert not {name for name, _ in runtime} & {"pytest", "hypothesis", "mypy", "ruff", "pyinstaller", "tlslite-ng"}
