"""The fixtures that other tests lean on do what they promise."""

import os
import socket
from pathlib import Path

import pytest


def test_a_present_tool_is_found(tool):
    assert Path(tool("sh")).is_file()


def test_a_missing_tool_skips_by_name_on_a_persons_machine(tool, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        tool("no-such-program")


def test_a_missing_tool_fails_where_ci_is_set_and_names_the_package(tool, monkeypatch):
    monkeypatch.setenv("CI", "1")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(pytest.fail.Exception, match=r"pdfsig.*apt-get install poppler-utils"):
        tool("pdfsig")


def test_permissions_bind_inside_the_unprivileged_block(unprivileged):
    with unprivileged() as folder:
        assert os.geteuid() != 0
        sealed = folder / "sealed"
        sealed.write_text("kept")
        sealed.chmod(0)
        with pytest.raises(PermissionError):
            sealed.read_text()
        folder.chmod(0o500)
        with pytest.raises(PermissionError):
            (folder / "new").write_text("")
    assert os.geteuid() == os.getuid()


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("169.254.169.254", 80)])
def test_nothing_but_loopback_is_contacted(address):
    with socket.socket() as client, pytest.raises(AssertionError, match="only loopback"):
        client.connect(address)


def test_no_foreign_name_is_resolved():
    with pytest.raises(AssertionError, match="only loopback"):
        socket.getaddrinfo("example.com", 443)
    assert socket.getaddrinfo("127.0.0.1", 443)
