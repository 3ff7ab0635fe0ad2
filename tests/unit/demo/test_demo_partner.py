"""The demonstration partner over real sockets: what is wrong with it is really wrong, and the rest is fine."""

import contextlib
import json
import re
import socket
import ssl
import struct
import subprocess

import httpx
import pytest

from wizard.demo import old_tls, partner

APP, API, ACCOUNTS, LEGACY = (f"{name}.partner.localhost" for name in ("app", "api", "accounts", "legacy"))

RSA_RC4_MD5, RSA_AES_128_SHA, RSA_AES_256_SHA, ECDHE_RSA_AES_128_SHA, SCSV = 0x0004, 0x002F, 0x0035, 0xC013, 0x00FF


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with partner.start(tmp_path_factory.mktemp("partner")) as running:
        yield running


@pytest.fixture
def ask(running):
    """`ask(host, path)`: a verified HTTPS request to one host of the partner, without following redirects."""
    trust = ssl.create_default_context(cafile=str(running.ca_file))
    ports = {host.name: host.port for host in running.hosts}
    with httpx.Client(verify=trust, trust_env=False) as client:

        def request(name, path="/", method="GET"):
            return client.request(
                method,
                f"https://127.0.0.1:{ports[name]}{path}",
                headers={"Host": name},
                extensions={"sni_hostname": name},
            )

        yield request


def port_of(running, name):
    return next(host.port for host in running.hosts if host.name == name)


def exchange(port, data):
    """Send `data` and read until the other side hangs up."""
    with socket.create_connection((partner.LOOPBACK, port), timeout=30) as client:
        client.sendall(data)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
        return answer


def hello(version, suites):
    """A ClientHello without extensions, as RFC 4346 section 7.4.1.2 lays it out."""
    offered = struct.pack(f">{len(suites)}H", *suites)
    body = struct.pack(">H32sBH", version, b"", 0, len(offered)) + offered + b"\x01\x00"
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHH", 22, 0x0301, len(message)) + message


def test_every_host_is_resolved_to_loopback_and_serves_a_verified_page(running, ask):
    assert [host.name for host in running.hosts] == [APP, API, ACCOUNTS, LEGACY]
    assert running.resolve == {host.name: ("127.0.0.1",) for host in running.hosts}
    assert len({host.port for host in running.hosts} | {host.http_port for host in running.hosts}) == 8
    for host in running.hosts:
        answer = ask(host.name)
        assert answer.status_code == 200
        assert b"emonstration" in answer.content.lower()


def test_the_application_has_a_weak_hsts_an_unsafe_cookie_and_no_nosniff(ask):
    for path in ("/", "/login"):
        fields = ask(APP, path).headers
        assert fields["Strict-Transport-Security"] == "max-age=86400"
        assert "secure" not in fields["Set-Cookie"].lower()
        assert "X-Content-Type-Options" not in fields
        assert "frame-ancestors 'none'" in fields["Content-Security-Policy"]
        assert fields["Referrer-Policy"] == "no-referrer"


def test_the_api_forgets_to_authenticate_one_endpoint_only(ask, running):
    open_, closed, unknown = (ask(API, path) for path in ("/api/contacts", "/api/me", "/api/none"))
    assert open_.status_code == 200
    assert open_.json()["contacts"][0]["title"] == "DEMONSTRATION"
    assert closed.status_code == 401
    assert closed.headers["WWW-Authenticate"].startswith("Bearer")
    assert unknown.status_code == 404
    described = json.loads(running.openapi)
    assert set(described["paths"]) == {"/api/contacts", "/api/me"}
    assert ask(API, "/openapi.json").content == running.openapi


def test_the_accounts_host_has_no_fault(ask):
    fields = ask(ACCOUNTS).headers
    assert int(fields["Strict-Transport-Security"].split(";")[0].removeprefix("max-age=")) >= 31536000
    assert "Secure" in fields["Set-Cookie"]
    assert fields["X-Content-Type-Options"] == "nosniff"
    assert fields["X-Frame-Options"] == "DENY"


def test_nothing_can_be_changed(ask):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert ask(API, "/api/contacts", method).status_code == 405
    assert ask(APP, "/", "HEAD").content == b""


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("name", [APP, LEGACY])
def test_new_tls_is_served_by_the_library(running, name, version):
    context = ssl.create_default_context(cafile=str(running.ca_file))
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection((partner.LOOPBACK, port_of(running, name)), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=name) as secure,
    ):
        assert secure.version() == version.name.replace("_", ".")


def test_the_legacy_port_answers_tls_1_1_with_a_server_hello(running):
    answer = exchange(port_of(running, LEGACY), hello(0x0302, [ECDHE_RSA_AES_128_SHA, RSA_AES_128_SHA, SCSV]))
    messages = {}
    while answer:
        kind, version, length = struct.unpack(">BHH", answer[:5])
        assert (kind, version) == (22, 0x0302)
        messages[answer[5]] = answer[9 : 5 + length]
        answer = answer[5 + length :]
    assert list(messages) == [2, 11, 14]
    version, _random, session, suite, compression = struct.unpack(">H32sBHB", messages[2][:38])
    assert (version, session, suite, compression) == (0x0302, 0, RSA_AES_128_SHA, 0)
    assert messages[2][38:] == bytes.fromhex("0005 ff01 0001 00")
    assert messages[14] == b""


def test_openssl_reads_the_hand_made_answer_as_tls_1_1(running, tool):
    address = f"127.0.0.1:{port_of(running, LEGACY)}"
    said = subprocess.run(
        [tool("openssl"), "s_client", "-connect", address, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-msg"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    ).stdout
    for message in ("ServerHello", "Certificate", "ServerHelloDone"):
        assert re.search(rf"<<< TLS 1.1, Handshake \[length \w+\], {message}", said), said


def test_the_certificate_of_old_and_new_tls_is_the_same(running):
    answer = exchange(port_of(running, LEGACY), hello(0x0302, [RSA_AES_256_SHA]))
    context = ssl.create_default_context(cafile=str(running.ca_file))
    with (
        socket.create_connection((partner.LOOPBACK, port_of(running, LEGACY)), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=LEGACY) as secure,
    ):
        assert secure.getpeercert(binary_form=True) in answer


@pytest.mark.parametrize(
    ("name", "version", "suites", "alert"),
    [
        (LEGACY, 0x0301, [RSA_AES_128_SHA], 70),
        (LEGACY, 0x0300, [RSA_AES_128_SHA], 70),
        (LEGACY, 0x0302, [RSA_RC4_MD5], 40),
        (ACCOUNTS, 0x0302, [RSA_AES_128_SHA], 70),
        (APP, 0x0301, [RSA_AES_128_SHA], 70),
    ],
)
def test_older_tls_is_refused_with_an_alert_that_arrives(running, name, version, suites, alert):
    answer = exchange(port_of(running, name), hello(version, suites))
    assert answer[0] == 21
    assert answer[-2:] == bytes([2, alert])


def test_a_hello_split_over_records_and_pieces_is_joined(running):
    whole = hello(0x0302, [RSA_AES_128_SHA])[5:]
    split = b"".join(struct.pack(">BHH", 22, 0x0301, len(part)) + part for part in (whole[:9], whole[9:20], whole[20:]))
    with socket.create_connection((partner.LOOPBACK, port_of(running, LEGACY)), timeout=30) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in split:
            client.sendall(bytes([byte]))
        assert client.recv(3) == b"\x16\x03\x02"


def test_plain_http_is_redirected_on_both_ports(running):
    for host in running.hosts:
        for port in (host.http_port, host.port):
            answer = exchange(port, b"GET /login?x=1 HTTP/1.1\r\nHost: a\r\n\r\n").decode()
            assert answer.startswith("HTTP/1.1 308 ")
            assert f"\r\nLocation: https://{host.name}:{host.port}/login\r\n" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x00\x10" + b"\xff" * 16,
        b"\x16\x03\x01\xff\xff\x01\x00\x00\x20\x03\x02" + b"\0" * 32 + b"\xff\xff",
        b"\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x02" + b"\xff" * 42,
        b"\x00" * 64,
        b"GET\r\n\r\n" * 3,
        "GET /ü HTTP/1.1\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\n" + b"a" * 40000,
    ],
)
def test_rubbish_ends_its_own_connection_and_nothing_else(running, ask, data):
    for host in running.hosts:
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection((partner.LOOPBACK, host.port), timeout=30) as client,
        ):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
    assert ask(ACCOUNTS).status_code == 200


@pytest.mark.parametrize("hello", [b"", b"\x01", b"\x01\0\0\x26\x03\x02" + b"\0" * 32 + b"\0\0\x03\0\0\0"])
def test_a_hello_with_wrong_lengths_is_named(hello):
    with pytest.raises(old_tls.NotAClientHello):
        old_tls.suites(hello)


def test_stop_ends_the_thread_and_open_connections(tmp_path):
    running = partner.start(tmp_path)
    context = ssl.create_default_context(cafile=str(running.ca_file))
    with (
        socket.create_connection((partner.LOOPBACK, running.hosts[0].port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname=APP) as idle,
    ):
        running.stop()
        running.stop()
        assert not running._thread.is_alive()
        with contextlib.suppress(ConnectionError, ssl.SSLEOFError):
            assert idle.recv(1) == b""
    for host in running.hosts:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((partner.LOOPBACK, host.port), timeout=30)


def test_a_folder_that_cannot_be_written_is_an_error_here_and_not_in_the_thread(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        partner.start(tmp_path / "nowhere")


def test_nothing_secret_is_left_on_the_disk(tmp_path):
    with partner.start(tmp_path) as running:
        assert [file.name for file in tmp_path.iterdir()] == ["partner-ca.pem"]
        assert b"PRIVATE" not in running.ca_file.read_bytes()


@pytest.mark.parametrize("attempt", range(10))
def test_stop_closes_a_connection_that_was_only_just_accepted(tmp_path, attempt):
    running = partner.start(tmp_path)
    with socket.create_connection((partner.LOOPBACK, running.hosts[0].port), timeout=30) as fresh:
        running.stop()
        with contextlib.suppress(ConnectionError):
            assert fresh.recv(1) == b""
