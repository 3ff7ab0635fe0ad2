"""A real PostgreSQL on loopback carries the packets: over verified TLS, with the least rights, its lies noticed."""

import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.unit.exchange.test_exchange_reply import question_of
from wizard.exchange.carrier import Taken, Unreachable
from wizard.exchange.postgres import PostgresCarrier, Refusing, Server, Untrusted
from wizard.session.deeds import exchanging, meeting

CHECKOUT = Path(__file__).resolve().parents[3]
NOBODY = 65534
pytestmark = pytest.mark.slow


def program(name, absent):
    found = shutil.which(name) or next(
        map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        absent(f"needs the program {name}, which is not installed (Debian: sudo apt-get install postgresql)")
    return found


def page():
    """What docs/team-server.md has to type: the files, the one command, and the SQL."""
    text = (CHECKOUT / "docs" / "team-server.md").read_text("utf-8")
    return (*re.findall(r"```sh\n(.*?)```", text, re.DOTALL), re.findall(r"```sql\n(.*?)```", text, re.DOTALL)[0])


class Running:
    def __init__(self, port, folder):
        self.port, self.ca = port, folder / "server.crt"
        self.carriers = []
        self.server = Server("localhost", "attestry", "attestry_team", port, str(self.ca))

    def admin(self, database="attestry"):
        return psycopg.connect(host="localhost", port=self.port, user="admin", dbname=database, password="admin")

    def carrier(self, workspace="ab" * 16, password="change-this", **more):
        server = Server(
            **(
                {
                    "host": "localhost",
                    "database": "attestry",
                    "user": "attestry_team",
                    "port": self.port,
                    "ca_file": str(self.ca),
                }
                | more
            )
        )
        self.carriers.append(PostgresCarrier(server, workspace, password))
        return self.carriers[-1]

    def close(self):
        for carrier in self.carriers:
            carrier.close()


@pytest.fixture(scope="module")
def postgres(absent):
    with serving(absent) as running:
        yield running


@contextlib.contextmanager
def serving(absent):
    """A fresh server on loopback, by what docs/team-server.md says to type; the image itself is what is not here."""
    initdb, postgres_ = program("initdb", absent), program("postgres", absent)
    program("openssl", absent)
    folder = Path(tempfile.mkdtemp(prefix="attestry-postgres-")).resolve()
    files, command, sql = page()
    typed = files.replace("team.example.com", "localhost").replace("&& sudo chown 999 server.key", "")
    subprocess.run(["sh", "-e", "-c", typed], check=True, capture_output=True, cwd=folder)
    with (folder / "pg_hba.conf").open("a") as rules:  # for those who set the tests up, and for their mistakes
        rules.write("host all admin all scram-sha-256\nhostssl attestry grand,poor all scram-sha-256\n")
        rules.write("hostssl template1,nowhere attestry_team all scram-sha-256\n")
    (folder / "password").write_text("admin")
    root = os.geteuid() == 0
    if root:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}
    data = folder / "data"
    subprocess.run(
        [
            initdb,
            "-D",
            data,
            "-U",
            "admin",
            "--pwfile",
            folder / "password",
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **who,
    )
    free = socket.socket()  # held until the end: a port that is free may be somebody else's a moment later
    free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does, so that it may have it too
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    settings = {
        "listen_addresses": "localhost",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
    }
    settings |= dict(re.findall(r"-c (\w+)=(\S+)", command.replace("/tls", str(folder))))
    options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
    log = (folder / "log").open("wb")
    running = subprocess.Popen([postgres_, "-D", data, *options], stdout=log, stderr=log, cwd=folder, **who)
    made = Running(port, folder)
    try:
        for _try in range(200):
            with contextlib.suppress(psycopg.OperationalError), made.admin("postgres") as admin:
                admin.autocommit = True
                admin.execute("CREATE DATABASE attestry")  # as the image does for POSTGRES_DB
                break
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(0.05)
        with made.admin() as admin:
            admin.execute(sql)
        yield made
    finally:
        made.close()
        running.send_signal(signal.SIGINT)
        running.wait(20)
        log.close()
        free.close()
        shutil.rmtree(folder, ignore_errors=True)


def test_editors_meet_on_the_server(first, join, postgres):
    with postgres.admin() as admin:  # other tests put other things on the same server
        others = {row[0] for row in admin.execute("SELECT DISTINCT workspace FROM attestry_envelopes").fetchall()}
    ada, bob = join("Ada"), join("Bob")
    editors = (first, ada, bob)
    for editor in editors:
        meeting.use_server(editor.session, postgres.server, "change-this")
    ask = question_of(first.session, "AUTH-1").id
    ada.says(ask, "no")
    first.says(ask, "yes")
    for _time in range(3):
        for editor in editors:
            carrier, where = meeting.server_of(editor.session)
            done = exchanging.exchange_now(editor.session, carrier, where)
    assert not done.notes
    assert first.value == ada.value == bob.value
    assert len(bob.session.assessment.history.conflicts) == 1
    with postgres.admin() as admin:
        rows = [
            data
            for workspace, data in admin.execute("SELECT workspace, ciphertext FROM attestry_envelopes").fetchall()
            if workspace not in others
        ]
    assert rows
    assert all(bytes(data).startswith(b"age-encryption.org/v1\n") for data in rows), "sealed, nothing else"
    assert not any(ask.encode() in bytes(data) for data in rows)


def test_large_packets_travel_in_parts_and_only_whole_ones_count(postgres, tmp_path):
    carrier = postgres.carrier("cd" * 16)
    big = tmp_path / "big"
    big.write_bytes(os.urandom(3 * 1024 * 1024 + 17))
    with big.open("rb") as stream:
        carrier.leave("ef" * 32, 1, stream)
    with big.open("rb") as stream, pytest.raises(Taken):
        carrier.leave("ef" * 32, 1, stream)
    assert carrier.numbers() == {"ef" * 32: (1,)}
    back = tmp_path / "back"
    with back.open("wb") as out:
        carrier.fetch("ef" * 32, 1, out)
    assert back.read_bytes() == big.read_bytes()
    with postgres.admin() as admin:
        admin.execute("DELETE FROM attestry_envelopes WHERE workspace = %s AND part = 2", ("cd" * 16,))
    assert carrier.numbers() == {}


def test_a_part_that_the_server_changed_is_refused(postgres, tmp_path):
    carrier = postgres.carrier("ce" * 16)
    with (tmp_path / "packet").open("w+b") as stream:
        stream.write(b"sealed")
        stream.seek(0)
        carrier.leave("ef" * 32, 1, stream)
    with postgres.admin() as admin:
        admin.execute("UPDATE attestry_envelopes SET ciphertext = 'other' WHERE workspace = %s", ("ce" * 16,))
    with (tmp_path / "back").open("wb") as out, pytest.raises(Unreachable):
        carrier.fetch("ef" * 32, 1, out)


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE attestry_envelopes SET hash = ''",
        "DELETE FROM attestry_envelopes",
        "TRUNCATE attestry_envelopes",
        "DROP TABLE attestry_envelopes",
        "CREATE TABLE more (a int)",
        "CREATE TEMPORARY TABLE more (a int)",
    ],
)
def test_the_teams_login_can_only_add(postgres, deed):
    with (
        psycopg.connect(
            host="localhost", port=postgres.port, user="attestry_team", dbname="attestry", password="change-this"
        ) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(deed)


def test_a_certificate_that_does_not_fit_gets_no_password(postgres, tmp_path):
    for more in ({"host": "127.0.0.1"}, {"ca_file": ""}):
        with pytest.raises(Untrusted) as caught:
            postgres.carrier(**more).numbers()
        assert "change-this" not in caught.value.sentence


def test_wrong_password_no_table_and_nobody_there_are_sentences(postgres):
    with pytest.raises(Refusing):
        postgres.carrier(password="wrong").numbers()
    with pytest.raises(Refusing):
        postgres.carrier(database="template1").numbers()
    for more in ({"database": "postgres"}, {"user": "postgres"}):
        with pytest.raises(Refusing, match="does not let"):  # and not that its certificate is bad
            postgres.carrier(**more).numbers()
    with pytest.raises(Refusing, match="no database"):
        postgres.carrier(database="nowhere").numbers()
    with pytest.raises(Unreachable):
        postgres.carrier(port=1).numbers()
    assert "change-this" not in repr(postgres.carrier())


def test_what_the_server_withholds_is_noticed_and_caught_up_later(first, join, postgres):
    ada, bob = join("Ada"), join("Bob")

    class Withholding:
        """A server that shows some authors nothing of others."""

        def __init__(self, carrier, hidden):
            self.carrier, self.hidden = carrier, hidden
            self.fetch, self.leave, self.close = carrier.fetch, carrier.leave, carrier.close

        def numbers(self):
            return {a: n for a, n in self.carrier.numbers().items() if a not in self.hidden}

    carrier = postgres.carrier(first.session.workspace.shared)
    for editor in (first, ada, bob) * 2:
        exchanging.exchange_now(editor.session, carrier, "server")
    ask = question_of(first.session, "AUTH-1").id
    ada.says(ask, "no")
    for editor in (ada, first):
        exchanging.exchange_now(editor.session, carrier, "server")
    first.says(question_of(first.session, "PROG-1", "date").id, "2027-01-01")
    exchanging.exchange_now(first.session, carrier, "server")
    hiding = Withholding(carrier, {ada.session.workspace.author})
    assert any("withheld" in note for note in exchanging.exchange_now(bob.session, hiding, "server").notes)
    assert ask not in bob.session.assessment.answers
    assert exchanging.exchange_now(bob.session, carrier, "server").notes == ()
    assert bob.session.assessment.answers[ask].value == "no"


def test_many_small_packets_come_in_few_answers_and_each_as_it_was_left(postgres, tmp_path):
    """Asking for each of hundreds would take as long as it takes to hear from the server, hundreds of times."""
    author, carrier = "ef" * 32, postgres.carrier("cf" * 16)
    packets = {n: f"sealed {n}".encode() * (1 if n % 7 else 20_000) for n in range(1, 151)}
    for number, data in packets.items():
        with (tmp_path / "packet").open("w+b") as stream:
            stream.write(data)
            stream.seek(0)
            carrier.leave(author, number, stream)
    asked = []
    sa.event.listen(carrier._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    assert carrier.numbers() == {author: tuple(packets)}
    for number, data in packets.items():
        out = io.BytesIO()
        carrier.fetch(author, number, out)
        assert out.getvalue() == data
    assert len(asked) < 50
    with postgres.admin() as admin:
        admin.execute(
            "UPDATE attestry_envelopes SET ciphertext = 'x' WHERE workspace = %s AND sequence = 3", ["cf" * 16]
        )
    carrier.close()
    carrier.fetch(author, 1, io.BytesIO())
    with pytest.raises(Unreachable):
        carrier.fetch(author, 3, io.BytesIO())


def test_trying_out_says_what_the_login_may(postgres):
    assert postgres.carrier().try_out() is False, "the least rights, as the page says"
    with postgres.admin() as admin:
        admin.execute("CREATE ROLE grand LOGIN PASSWORD 'change-this'; CREATE ROLE poor LOGIN PASSWORD 'change-this'")
    with pytest.raises(Refusing, match="does not let grand into attestry"):
        postgres.carrier(user="grand").try_out()
    with postgres.admin() as admin:
        admin.execute("GRANT CONNECT ON DATABASE attestry TO grand, poor")
        admin.execute("GRANT SELECT, INSERT, DELETE ON attestry_envelopes TO grand")
        admin.execute("GRANT SELECT ON attestry_envelopes TO poor")
    assert postgres.carrier(user="grand").try_out() is True
    with pytest.raises(Refusing):
        postgres.carrier(user="poor").try_out()


@pytest.mark.parametrize("part", range(2))
def test_random_meetings_at_the_server(postgres, part):
    """Two to four editors, some of what the server has comes late, killed at any write: nothing lost, nothing apart."""
    from tests.properties.exchange_meetings import schedule

    first = part * 1_000 + 500_000
    assert sum(schedule(seed, 30, postgres.carrier) for seed in range(first, first + 30)) > 0
