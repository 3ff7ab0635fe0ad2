"""What every test may rely on: no network but loopback, a home of its own, named tools, an unprivileged user."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent.parent
NOBODY = 65534

# Windows of tests are drawn into memory; journeys name their own display in the environment of the process they start.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The keyring, settings and workspaces of the person who runs the tests are never touched.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
HOME = tempfile.TemporaryDirectory(prefix="attestry-home-")
for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
    os.environ[f"XDG_{kind}_HOME"] = str(Path(HOME.name) / kind.lower())

# How fast this machine draws examples just now says nothing about Attestry.
settings.register_profile("attestry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("attestry")


def _packaging(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", CHECKOUT / "packaging" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def packaging() -> Callable[[str], ModuleType]:
    """Imports a script of the folder `packaging` by its name."""
    return _packaging


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return CHECKOUT


# --- tools ---------------------------------------------------------------------------------------------------------


def _absent(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def absent() -> Callable[[str], NoReturn]:
    """`absent("needs …")` skips by name on a person's machine and fails where `CI` is set: there, all must run."""
    return _absent


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """`tool("pdfsig")` is the path of a program; without it the test skips by name, or fails where `CI` is set."""

    def find(name: str) -> str:
        found = shutil.which(name)
        if found is None:
            package = _packaging("system_libraries").package_of(name)
            hint = f" (Debian: sudo apt-get install {package})" if package else ""
            _absent(f"needs the program {name}, which is not installed{hint}")
        return found

    return find


# --- an unprivileged user ------------------------------------------------------------------------------------------


@pytest.fixture
def unprivileged() -> Iterator[Callable[[], AbstractContextManager[Path]]]:
    """`with unprivileged() as folder:` runs as a user whom file permissions bind, in an empty folder that is theirs.

    Root passes every permission check, so root becomes `nobody` inside the block (effective user and group, all
    threads, and the processes they start). Import what the test needs before the block: `nobody` may be unable to read
    the checkout.
    """
    folders: list[Path] = []

    @contextmanager
    def become() -> Iterator[Path]:
        if not hasattr(os, "geteuid"):
            _absent("needs POSIX file permissions")
        folder = Path(tempfile.mkdtemp(prefix="attestry-unprivileged-")).resolve()
        folders.append(folder)
        if os.geteuid() != 0:
            yield folder
            return
        try:
            os.chown(folder, NOBODY, NOBODY)
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        except OSError as error:
            os.setegid(os.getgid())
            _absent(f"needs to become the user nobody: {error}")
        try:
            yield folder
        finally:
            os.seteuid(os.getuid())
            os.setegid(os.getgid())

    yield become
    for folder in folders:
        for place, _, _ in os.walk(folder):
            Path(place).chmod(0o700)
        shutil.rmtree(folder)


# --- only loopback -------------------------------------------------------------------------------------------------


class LeftTheMachine(AssertionError):
    """A test tried to contact something that is not loopback."""


def _is_loopback(host: object) -> bool:
    if host is None or isinstance(host, bytes):
        host = (host or b"").decode()
    name = str(host).partition("%")[0].rstrip(".").lower()
    if name in ("", "localhost", socket.gethostname().lower()) or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if isinstance(address, tuple) and not _is_loopback(address[0]):
            raise LeftTheMachine(f"a test tried to contact {address!r}; only loopback is allowed")
    elif event == "socket.getaddrinfo" and not (_is_loopback(arguments[0]) or _is_address(arguments[0])):
        raise LeftTheMachine(f"a test tried to resolve {arguments[0]!r}; only loopback is allowed")


sys.addaudithook(_stay_here)


# --- order ---------------------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one worker: two real windows at once on two cores would wait for each other."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.xdist_group("journeys"))


def pytest_unconfigure() -> None:
    """The home of this run goes with it."""
    HOME.cleanup()


# --- the rules for secrets -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _rules_compiled_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compiling the rules for a home takes seconds: the new homes of tests share one set, compiled when wanted."""
    from wizard.session.deeds import scanning

    cache, compile_ = request.config.cache, scanning.engine
    assert cache is not None
    shared = Path(cache.mkdir("attestry-home")) / "data"
    patch = pytest.MonkeyPatch()
    patch.setattr(scanning, "engine", lambda _home: compile_(shared))
    yield
    patch.undo()
