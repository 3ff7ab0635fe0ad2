"""What OSV or the offline database says becomes a state; what they do not say is never "none known"."""

import asyncio
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from wizard.checks.dependencies.advisory import Advisory
from wizard.checks.dependencies.answers_store import AnswersStore
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Manifest, Obstacle, Reach
from wizard.checks.dependencies.judging import Reading, judge
from wizard.checks.dependencies.knowing import look_up_offline, look_up_online
from wizard.checks.dependencies.listing import Listing
from wizard.checks.dependencies.offline import Database, NoDatabase
from wizard.checks.dependencies.offline import archives as archives_at
from wizard.checks.dependencies.osv import NotAllowed, OsvSettings, leaving
from wizard.checks.dependencies.states import State
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import Rating

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def npm(name, version="1.0.0", **more):
    return Dependency(Ecosystem.NPM, name, version, "package-lock.json", **more)


USED = (
    npm("lodash", "4.17.20"),
    npm("evil"),
    npm("fine"),
    npm("mute"),
    npm("unheard-of"),
    Dependency(Ecosystem.PYPI, "django", "4.2", "uv.lock"),
    npm("forked", obstacle=Obstacle.OTHER_SOURCE, commit="0" * 40),
    Dependency(Ecosystem.COCOAPODS, "Pod", "1.0", "Podfile.lock", obstacle=Obstacle.NO_DATA),
)
EXPECTED = [
    (State.VULNERABLE, ["GHSA-aaaa"], Rating.CRITICAL),
    (State.VULNERABLE, ["MAL-2026-1"], Rating.CRITICAL),
    (State.NONE_KNOWN, [], None),
    (State.VULNERABLE, ["GHSA-mute"], Rating.UNKNOWN),
    (State.NONE_KNOWN, [], None),
    (State.VULNERABLE, ["PYSEC-1"], Rating.CRITICAL),
    (State.CANNOT_BE_CHECKED, [], None),
    (State.CANNOT_BE_CHECKED, [], None),
]


def shape(rows):
    return [
        (
            row.state,
            [flaw.id for flaw in row.vulnerabilities],
            next((f.severity.rating for f in row.vulnerabilities), None),
        )
        for row in rows
    ]


def ask(osv, used=USED, store=None, **more):
    settings = OsvSettings(url=osv.url, read=more.pop("read", 5), tries=2, pause=0.01)
    with AnswersStore(store) as kept:
        return asyncio.run(look_up_online(used, kept, NOW, settings=settings, **more))


WHOLE = (Manifest("f", "f", Reach.COMPLETE),)


def verdict(rows, source, manifests=WHOLE, today=None, settled=()):
    return judge(Reading.of(Listing((), manifests), rows, source), today or NOW.date(), settled).verdict


def test_osv_is_asked_in_one_batch_with_pages_and_aliases_merged(osv):
    rows, source = ask(osv)
    assert shape(rows) == EXPECTED
    assert rows[0].vulnerabilities[0].aliases == ("CVE-2026-1",)
    assert rows[0].vulnerabilities[0].fixed == ("4.17.21",)
    assert (source.name, source.day, source.trouble) == ("OSV", NOW.date(), "")
    posts = [body["queries"] for method, path, body in osv.asked if method == "POST"]
    assert len(posts[0]) == 7
    assert posts[1] == [posts[0][0] | {"page_token": "two"}]
    assert verdict(rows, source) is Verdict.FAIL


def test_nothing_is_asked_twice_in_a_day(osv, tmp_path):
    ask(osv, store=tmp_path / "answers.db")
    first = len(osv.asked)
    rows, _source = ask(osv, store=tmp_path / "answers.db")
    assert shape(rows) == EXPECTED
    assert [path for _method, path, _body in osv.asked[first:]] == []


def test_a_damaged_store_of_answers_is_begun_anew(osv, tmp_path):
    (tmp_path / "answers.db").write_bytes(b"no database at all " * 100)
    assert shape(ask(osv, store=tmp_path / "answers.db")[0]) == EXPECTED


@pytest.mark.parametrize("fault", ["portal", "redirect", "fewer", "truncated", "cut", "busy", "refused", "slow"])
def test_no_answer_is_not_checked_and_never_a_pass(osv, fault):
    osv.fault = fault
    rows, source = ask(osv, (npm("unheard-of"),), read=0.3)
    assert [row.state for row in rows] == [State.NOT_CHECKED]
    assert rows[0].because
    assert source.name == ""
    assert verdict(rows, source) is Verdict.UNKNOWN


@pytest.mark.slow
def test_an_answer_without_end_is_none(osv):
    osv.fault = "endless"
    rows, _source = ask(osv, (npm("unheard-of"),))
    assert rows[0].state is State.NOT_CHECKED


def test_a_busy_service_is_asked_again(osv):
    osv.fault, osv.faults_left = "busy", 1
    assert ask(osv, (npm("unheard-of"),))[0][0].state is State.NONE_KNOWN


def test_nobody_there(osv):
    osv.url = "http://127.0.0.1:1"
    rows, source = ask(osv, (npm("unheard-of"),))
    assert rows[0].state is State.NOT_CHECKED
    assert source.trouble


def test_names_never_go_in_the_clear():
    with AnswersStore(None) as store, pytest.raises(NotAllowed):
        asyncio.run(look_up_online(USED, store, NOW, settings=OsvSettings(url="http://osv.example")))


def test_what_leaves_is_listed():
    assert "npm lodash 4.17.20" in leaving(USED)
    assert "0" * 40 in leaving(USED)
    assert not any("Pod" in line for line in leaving(USED))


@pytest.fixture
def database(tmp_path, archives):
    with Database.at(tmp_path / "offline.db") as made:
        for ecosystem, archive in archives_at(archives):
            made.take_in(ecosystem, archive, NOW)
        yield made


def test_offline_says_the_same_but_for_records_it_does_not_hold(database):
    rows, source = look_up_offline(USED, database)
    expected = list(EXPECTED)
    expected[5] = (State.VULNERABLE, ["PYSEC-1"], Rating.UNKNOWN)  # its severity stands in a record of no ecosystem
    assert shape(rows) == expected
    assert (source.name, source.day) == ("offline database", date(2026, 11, 20))


def test_an_ecosystem_that_is_not_held_is_not_checked(database):
    rows, source = look_up_offline((Dependency(Ecosystem.CRATES, "serde", "1.0.0"),), database)
    assert rows[0].state is State.NOT_CHECKED
    assert verdict(rows, source) is Verdict.UNKNOWN
    assert look_up_offline((npm("a"),), None)[0][0].state is State.NOT_CHECKED


@pytest.mark.parametrize(
    ("age", "expected"), [(7, Verdict.PASS), (8, Verdict.WARN), (30, Verdict.WARN), (31, Verdict.UNKNOWN)]
)
def test_old_data_warn_and_then_say_nothing(database, age, expected):
    rows, source = look_up_offline((npm("fine"),), database)
    assert verdict(rows, source, today=source.day + timedelta(days=age)) is expected


def test_osv_down_falls_back_to_fresh_data_only(osv, database):
    osv.fault = "portal"
    rows, source = ask(osv, (npm("fine"), npm("lodash", "4.17.20")), database=database)
    assert [row.state for row in rows] == [State.NONE_KNOWN, State.VULNERABLE]
    assert source.name == "offline database"
    assert source.trouble
    database._connection.execute("UPDATE source SET day = '2026-01-01'")
    rows, _source = ask(osv, (npm("fine"),), database=database)
    assert rows[0].state is State.NOT_CHECKED


def test_only_everything_known_passes(database):
    rows, source = look_up_offline((npm("fine"),), database)
    assert verdict(rows, source) is Verdict.PASS
    for reach in (Reach.DIRECT_ONLY, Reach.NOT_LOCKED, Reach.UNREADABLE, Reach.UNSUPPORTED):
        assert verdict(rows, source, (Manifest("f", "f", reach),)) is Verdict.UNKNOWN
    assert verdict(rows, source, ()) is Verdict.UNKNOWN
    rows, source = look_up_offline((npm("mute"),), database)
    assert verdict(rows, source) is Verdict.UNKNOWN
    rows, source = look_up_offline((npm("lodash", "4.17.20"),), database)
    assert verdict(rows, source) is Verdict.FAIL
    assert verdict(rows, source, settled=("npm lodash 4.17.20 GHSA-aaaa",)) is Verdict.PASS


@pytest.mark.parametrize("harm", ["no zip", "cut", "no record", "bomb", "empty"])
def test_a_harmful_archive_changes_nothing(database, tmp_path, harm):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if harm == "bomb":
            archive.writestr("a.json", b" " * 15_000_000)
        elif harm == "no record":
            archive.writestr("a.json", "[1]")
        elif harm == "cut":
            archive.writestr("a.json", json.dumps({"id": "A", "affected": []}))
    data = {"no zip": b"<html>sign in</html>", "cut": made.getvalue()[:40]}.get(harm, made.getvalue())
    (tmp_path / "npm").mkdir()
    place = tmp_path / "npm" / "all.zip"
    place.write_bytes(data)
    with pytest.raises(NoDatabase):
        database.take_in(Ecosystem.NPM, place, NOW)
    assert database.held()[Ecosystem.NPM].records == 4
    assert look_up_offline((npm("lodash", "4.17.20"),), database)[0][0].state is State.VULNERABLE


def test_a_database_that_is_none_is_said(tmp_path):
    (tmp_path / "offline.db").write_bytes(b"no database " * 100)
    with pytest.raises(NoDatabase):
        Database.at(tmp_path / "offline.db")


def test_severities(database):
    def rated(**body):
        return Advisory.read({"id": "X"} | body).severity().rating

    v3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"  # 5.3
    v4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"  # 9.3
    assert rated(severity=[{"score": v3}]) is Rating.MEDIUM
    assert rated(severity=[{"score": v3}, {"score": v4}]) is Rating.CRITICAL
    assert rated(severity=[{"score": v3}], database_specific={"severity": "HIGH"}) is Rating.HIGH
    assert rated(severity=[{"type": "Ubuntu", "score": "low"}]) is Rating.UNKNOWN
    assert rated() is Rating.UNKNOWN
