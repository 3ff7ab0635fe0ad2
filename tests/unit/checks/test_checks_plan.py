"""A run: only what was agreed to, politely, all at once, in pieces, and Stop stops."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from contextlib import AsyncExitStack, suppress

import pytest

from tests.servers import certs
from tests.servers.web import GOOD, HSTS, Page, hang, serve, site
from wizard.checks.base import Trouble, TroubleKind
from wizard.checks.every import CHECKS, find, kinds
from wizard.checks.looks.addresses import refusal
from wizard.checks.looks.ground import Ground, Run
from wizard.checks.plan import LookSettings, Partial, look, ready
from wizard.checks.politeness import Bucket
from wizard.checks.record import UnreadableRecord, judge_again
from wizard.checks.troubles import next_step
from wizard.domain.finding import SubjectKind
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

#: one judges the name alone
CONTACTING = [check for check in CHECKS if check.id != "brand-words"]
HSTS_CHECK = find("hsts")
assert HSTS_CHECK


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the operating system answers for a name: one list of addresses after the other; none left is "unknown"."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def fake(host: str, *rest: object, **more: object) -> list[tuple[object, ...]]:
        if host not in answers:
            return real(host, *rest, **more)  # type: ignore[arg-type, return-value]
        if not answers[host]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 0)) for a in answers[host].pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return answers


def _settings(**more: object) -> LookSettings:
    return LookSettings(allow_private=True, ca_file=certs.root_file(), **more)  # type: ignore[arg-type]


def test_ids_are_file_names_and_names_are_found_in_any_case() -> None:
    assert len({c.id for c in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert find(check.id) is check
        for alias in check.aliases:
            assert find(alias.lower()) is check
        assert check.title()
        assert check.source
    assert find("no-such-check") is None
    assert kinds()["hsts"] is SubjectKind.HOST
    assert find("HSTS-01") is find("chk-hsts") is find("hsts")


def test_importing_the_checks_imports_no_network_library() -> None:
    script = (
        "import sys; import wizard.checks.every; "
        "print([m for m in ('h11', 'httpx', 'httpcore', 'dns', 'certifi', 'cryptography') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.usefixtures("public_root")
def test_a_whole_host_all_checks_and_its_log() -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    partials: list[Partial] = []

    async def run() -> bytes:
        async with serve(
            site({"/": Page(), "/api/v1": Page(200, (*GOOD[:1],), b"{}")}, seen=seen), certs.good()
        ) as port:
            settings = _settings(
                run_id="0123abcd", app_version="9.9", plain_port=1, paths={f"localhost:{port.number}": ("/api/v1",)}
            )
            (found,) = await look([Host("localhost", port.number)], CHECKS, settings, partials.append)
            expected = tuple(c.id for c in CHECKS if ready(c, Host("localhost", port.number), settings))
            assert tuple(r.check for r in found.results) == expected
            assert {"hsts", "cors", "weak-suites"} < set(expected)
            assert not {"authentication", "data-ports", "spf"} & set(expected)
            assert {r.subject for r in found.results} == {f"localhost:{port.number}"}
            assert found.addresses[:1] == ("127.0.0.1",)
            by = {r.check: r.verdict for r in found.results}
            assert by["certificate"] is by["tls-versions"] is by["hsts"] is by["https-redirect"] is Verdict.PASS
            return found.record

    record = asyncio.run(run())
    paths = [line.split(" ")[1] for line, _headers in seen]
    assert {"/", "/api/v1", "/.well-known/security.txt"} < set(paths)
    assert all(p in ("/", "/api/v1") or p.startswith(("/.well-known/", "/attestry-")) for p in paths)
    assert {line.split(" ")[0] for line, _h in seen} <= {"GET", "HEAD", "OPTIONS"}
    assert all(h["user-agent"] == "Attestry/9.9 (self-check; run=0123abcd)" for _l, h in seen)
    assert len({h["x-attestry-probe"] for _l, h in seen}) == len(seen)
    assert all(h["accept-encoding"] == "identity" and "cookie" not in h for _l, h in seen)
    assert [bool(p.looks) for p in partials] == [False] * (len(partials) - 1) + [True]
    assert sum(len(p.results) for p in partials) == len(partials[-1].looks[0].results)
    assert json.loads(record)["format"] == "attestry-look/1"
    assert record == json.dumps(json.loads(record), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


DAMAGED = (
    *(b"", b"{}", b"[]", b"\xff", b"[" * 9999, b'{"format":"attestry-look/2"}', b'{"format":"attestry-look/1"}'),
    b'{"format":"attestry-look/1","facts":{"https-answers":{"fact":{"visits":1}}}}',
)


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_record_is_said(data: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        judge_again(data, CHECKS)


def test_a_connection_that_is_given_up_leaves_nothing_to_the_next_one() -> None:
    """Stopped at every step of a handshake, the last one included: no transport may go on reading a closed socket."""

    async def enter(ground: Ground, port: int) -> None:
        async with ground.wire("127.0.0.1", port, ground.run.explaining):
            await asyncio.sleep(60)

    async def run() -> int:
        loop, finished = asyncio.get_running_loop(), 0
        async with serve(hang, certs.good()) as port:
            ground = Run(_settings(), ()).ground(Host("127.0.0.1", port.number))
            ground.run.politeness(ground.host)._connections = Bucket(10_000, 10_000)
            for steps in range(60):
                task = asyncio.create_task(enter(ground, port.number))
                for _step in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                with socket.socket() as following:
                    following.setblocking(False)
                    await loop.sock_connect(following, ("127.0.0.1", port.number))
                finished += 1
        return finished

    assert asyncio.run(run()) == 60


def test_stop_waits_for_no_deadline_with_a_hundred_hosts() -> None:
    """The milliseconds are measured in benchmarks/checks. Here: a few turns of the loop, so nothing is waited for, and
    work for a tenth of a second at most, however busy the machine is."""

    async def run(port: int) -> tuple[int, float]:
        hosts = [Host(f"h{i}.example", port) for i in range(100)]
        resolve = {h.name: ("127.0.0.1",) for h in hosts}
        task = asyncio.create_task(look(hosts, CHECKS, _settings(resolve=resolve)))
        while len(asyncio.all_tasks()) <= 500:  # noqa: ASYNC110 -- no event says that all hosts are being looked at
            await asyncio.sleep(0.05)
        turns, began = 0, time.thread_time()
        task.cancel()
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        worked = time.thread_time() - began
        assert task.cancelled()
        assert len(asyncio.all_tasks()) == 1
        return turns, worked

    # Nobody accepts: the kernel takes the connections, and nothing is ever said.
    with socket.create_server(("127.0.0.1", 0), backlog=2000) as deaf:
        stops = [asyncio.run(run(deaf.getsockname()[1])) for _again in range(2)]
    assert max(turns for turns, _worked in stops) <= 20
    assert min(worked for _turns, worked in stops) <= 0.1


@pytest.mark.slow
def test_a_hundred_hosts_at_once_lose_no_answer() -> None:
    partials: list[Partial] = []

    async def run() -> None:
        page = Page(200, GOOD)
        async with serve(site({"/": page}), certs.good()) as port:
            hosts = [Host(f"h{i}.test.localhost", port.number) for i in range(100)]
            resolve = {h.name: ("127.0.0.1",) for h in hosts}
            found = await look(hosts, [HSTS_CHECK], _settings(resolve=resolve, plain_port=1), partials.append)
            assert [f.host for f in found] == hosts
            assert {f.results[0].verdict for f in found} == {Verdict.PASS}

    asyncio.run(run())
    ends = [p for p in partials if p.looks]
    assert [p.done for p in ends] == list(range(1, 101))
    assert {p.total for p in ends} == {100}


@pytest.mark.slow
def test_results_come_before_the_slow_look_is_done() -> None:
    heard: list[str] = []

    async def run() -> None:
        known = asyncio.Event()

        def hear(news: Partial) -> None:
            heard.extend(result.check for result in news.results)
            if "hsts" in heard:
                known.set()

        async def slow(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await known.wait()  # then it closes; without the news of the other look it says nothing until the limit

        async with serve(site({"/": Page()}), certs.good()) as port, serve(slow) as plain:
            await look([Host("localhost", port.number)], CHECKS, _settings(plain_port=plain.number), hear)
        assert known.is_set()

    asyncio.run(run())
    assert heard.index("hsts") < heard.index("https-redirect")


def test_redirects_are_followed_inside_the_scope_only() -> None:
    async def run() -> None:
        async with AsyncExitStack() as stack:
            trap = await stack.enter_async_context(serve(site({"/": Page()}), certs.good()))
            other = await stack.enter_async_context(serve(site({"/": Page()}), certs.good()))
            places = (("Location", f"https://other.test.localhost:{other.number}/"), HSTS)
            pages = {
                "/": Page(302, places, b""),
                "/b": Page(302, (("Location", f"https://localhost:{trap.number}/"),), b""),
            }
            home = await stack.enter_async_context(serve(site(pages), certs.good()))
            host, friend = Host("localhost", home.number), Host("other.test.localhost", other.number)
            settings = _settings(declared=(host, friend), resolve={"other.test.localhost": ("127.0.0.1",)})
            (found,) = await look([host], [HSTS_CHECK], settings)
            assert other.connections == 1
            (found,) = await look([host], [HSTS_CHECK], _settings(paths={host.subject: ("/b",)}))
            assert trap.connections == 0
            assert f"https://localhost:{trap.number}/" in found.record.decode()

    asyncio.run(run())


REFUSED = (  # noqa: SIM905
    "127.0.0.1 127.1.2.3 127.255.255.255 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 "
    "169.254.1.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 "
    "198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 "
    "::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 2001::1 "
    "2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:a00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1 fd00::1 "
    "fdff:ffff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1 2001:0:7f00:1:0:0:f5ff:fffe 2001:470:1f0b::5efe:a00:1 "
    "not-an-address 1.2.3 0x7f.0.0.1 017700000001 2130706433 127.1 ::ffff:7f00:1"
).split()
METADATA = (  # noqa: SIM905
    "169.254.169.254 169.254.170.2 168.63.129.16 100.100.100.200 192.0.0.192 fd00:ec2::254 ::ffff:169.254.169.254 "
    "64:ff9b::169.254.169.254 2002:a9fe:a9fe:: ::169.254.169.254"
).split()


def test_special_addresses_are_refused_and_metadata_always() -> None:
    assert len(REFUSED) + len(METADATA) >= 60
    for text in REFUSED:
        assert refusal(text, private_allowed=False) is TroubleKind.REFUSED_ADDRESS, text
    for text in METADATA:
        for allowed in (False, True):
            assert refusal(text, private_allowed=allowed) is TroubleKind.METADATA_ADDRESS, text
    for text in ("8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::5"):
        assert refusal(text, private_allowed=False) is None, text
    assert refusal("127.0.0.1", private_allowed=True) is None


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST.", "trap.localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1"]
)
def test_names_that_lead_inside_are_not_contacted(name: str, system: dict[str, list[list[str]]]) -> None:
    system[name] = [["127.0.0.1"]]

    async def run() -> None:
        async with serve(hang) as port:
            (found,) = await look([Host(name, port.number)], CONTACTING, LookSettings(plain_port=port.number))
            assert {r.verdict for r in found.results} == {Verdict.UNKNOWN}
            assert all(r.next_step for r in found.results)
            assert port.connections == 0

    asyncio.run(run())


def test_an_address_that_was_typed_or_ticked_may_be_contacted() -> None:
    async def run() -> None:
        async with serve(site({"/": Page()}), certs.good()) as port:
            for host, settings in (
                (Host("127.0.0.1", port.number), LookSettings(ca_file=certs.root_file())),
                (Host("localhost", port.number, private_network=True), LookSettings(ca_file=certs.root_file())),
                (
                    Host("x.test.localhost", port.number),
                    LookSettings(ca_file=certs.root_file(), resolve={"x.test.localhost": ("127.0.0.1",)}),
                ),
            ):
                (found,) = await look([host], [HSTS_CHECK], settings)
                assert found.results[0].verdict is Verdict.PASS, found.results[0].summary

    asyncio.run(run())


def test_mixed_addresses_are_never_a_pass() -> None:
    async def run() -> None:
        async with serve(hang, certs.good()) as port:
            settings = _settings(resolve={"m.test.localhost": ("127.0.0.1", "169.254.169.254")})
            checks = [c for c in CHECKS if c.id in ("tls-versions", "certificate")]
            (found,) = await look([Host("m.test.localhost", port.number)], checks, settings)
            assert {r.verdict for r in found.results} == {Verdict.UNKNOWN}
            assert all("169.254.169.254" in r.summary for r in found.results)

    asyncio.run(run())


@pytest.mark.slow
def test_a_name_is_looked_up_once_however_it_changes(system: dict[str, list[list[str]]]) -> None:
    system["rebinding.test.localhost"] = [["127.0.0.1"], ["127.0.0.2"], ["127.0.0.2"]]

    async def run() -> None:
        async with (
            serve(site({"/": Page()}), certs.good()) as port,
            serve(hang, host="127.0.0.2", number=port.number) as trap,
        ):
            (found,) = await look([Host("rebinding.test.localhost", port.number)], CONTACTING, _settings(plain_port=1))
            assert found.addresses == ("127.0.0.1",)
            assert port.connections >= 2
            assert trap.connections == 0
            assert len(system["rebinding.test.localhost"]) == 2

    asyncio.run(run())


def test_a_name_that_does_not_exist_and_a_port_that_is_closed(system: dict[str, list[list[str]]]) -> None:
    system["no-such-name.invalid"] = []

    async def run() -> None:
        hosts = [Host("no-such-name.invalid"), Host("127.0.0.1", 1)]
        for found in await look(hosts, CONTACTING, LookSettings(plain_port=1)):
            assert {r.verdict for r in found.results} == {Verdict.UNKNOWN}, [
                (r.check, r.verdict) for r in found.results
            ]
            assert all(r.summary.startswith("Could not look") and r.next_step for r in found.results)

    asyncio.run(run())


@pytest.mark.slow
def test_bucket_lets_a_burst_through_and_then_keeps_the_pace() -> None:
    now = [0.0]
    bucket = Bucket(3, 5.0, clock=lambda: now[0])

    async def run() -> list[bool]:
        early = []
        for _ in range(5):
            taking = asyncio.create_task(bucket.take())
            await asyncio.sleep(0)
            early.append(taking.done())
            await taking
        return early

    assert asyncio.run(run()) == [True, True, True, False, False]


@pytest.mark.slow
@pytest.mark.usefixtures("public_root")
def test_works_over_ipv6() -> None:
    async def run() -> None:
        async with serve(site({"/": Page()}), certs.good(), host="::1") as port:
            (found,) = await look([Host("::1", port.number)], CHECKS, _settings(plain_port=1))
            by = {r.check: r.verdict for r in found.results}
            assert by["hsts"] is by["certificate"] is by["tls-versions"] is Verdict.PASS

    asyncio.run(run())


@pytest.mark.parametrize("kind", TroubleKind)
def test_a_next_step_can_be_taken_in_the_window_too(kind: TroubleKind) -> None:
    step = next_step(Trouble(kind))
    assert step
    assert "--" not in step or ("on the command line" in step and not step.startswith("On the command line"))


def test_titles_fit_into_the_table() -> None:
    assert all(len(check.title()) <= 20 for check in CHECKS)
