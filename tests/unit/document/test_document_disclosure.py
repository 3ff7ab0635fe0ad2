"""Salted commitments: a summary holds items back, what is handed over later is checked, and no data lie about it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from document_samples import Made, for_key, make, sample, small
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.document.canonical import canonical, read
from wizard.document.disclosure import (
    NotAnOpening,
    NothingToOpen,
    commit,
    fits,
    from_full,
    leaves,
    opening,
    read_opening,
    root_of,
    summarise,
    trouble,
)
from wizard.document.exports import exports
from wizard.document.verify import Outcome, verify
from wizard.domain.disclosure import LEDGER, THE_REST, Commitment, Disclosure
from wizard.domain.finding import Mark

LEVELS = {"DATA-1": Disclosure.FULL, "AUTH-1": Disclosure.REQUEST}


def numbered():
    """Salts of a test: all different, the same each time."""
    count = 0

    def salt(size: int) -> bytes:
        nonlocal count
        count += 1
        return count.to_bytes(size, "big")

    return salt


@pytest.fixture(scope="module")
def full(key):
    return commit(for_key(sample(), key), numbered())


@pytest.fixture(scope="module")
def summary(full):
    return summarise(full, LEVELS)


def first_item(attestation, **changes):
    group = attestation.groups[0]
    items = (replace(group.items[0], **changes), *group.items[1:])
    return replace(attestation, groups=(replace(group, items=items), *attestation.groups[1:]))


#: Data that somebody signs although they do not hold together: name -> what is done to (full, summary).
DISHONEST = {
    "item changed after committing": lambda full, summary: first_item(full, comment="Something else."),
    "state changed after committing": lambda full, summary: first_item(full, mark=Mark.SEEN),
    "another root": lambda full, summary: replace(full, root="0" * 64),
    "no root": lambda full, summary: replace(full, root=""),
    "item left out": lambda full, summary: replace(full, evidence=full.evidence[1:]),
    "commitment left out": lambda full, summary: _with(full, full.commitments[:-1]),
    "commitment twice": lambda full, summary: _with(full, (*full.commitments, full.commitments[0])),
    "commitment to nothing": lambda full, summary: _with(full, (*full.commitments, Commitment("item:X", "0" * 64))),
    "salt taken away": lambda full, summary: _with(
        full, (replace(full.commitments[1], salt=""), full.commitments[0], *full.commitments[2:])
    ),
    "full that calls itself a summary": lambda full, summary: replace(full, summary=True, evidence=()),
    "summary that calls itself full": lambda full, summary: replace(summary, summary=False),
    "summary without commitments": lambda full, summary: replace(summary, commitments=(), root=""),
    "held back and yet shown": lambda full, summary: _shown(full, summary),
    "held back with its salt": lambda full, summary: replace(summary, commitments=full.commitments),
}


def _with(attestation, commitments):
    return replace(attestation, commitments=tuple(commitments), root=root_of(commitments))


def _shown(full, summary):
    """An item that says it is held back and holds a comment all the same."""
    groups = []
    for group in summary.groups:
        items = tuple(
            replace(i, comment="Psst.") if i.disclosure is Disclosure.DIGEST and i.id == "DATA-4" else i
            for i in group.items
        )
        groups.append(replace(group, items=items))
    return replace(summary, groups=tuple(groups))


def dishonest(key) -> dict[str, bytes]:
    """A few of them as signed files."""
    base = commit(for_key(small(), key), numbered())
    part = summarise(base, {})
    few = ("item changed after committing", "another root", "held back with its salt")
    return {name: make(DISHONEST[name](base, part), key).pdf for name in few}


def test_both_documents_bind_every_item_under_one_root(full, summary):
    assert trouble(full) == trouble(summary) == ""
    assert full.root == summary.root == root_of(full.commitments)
    assert [one.leaf for one in full.commitments] == [leaf for leaf, _content in leaves(full)]
    assert all(one.salt for one in full.commitments)
    assert read(canonical(summary)) == summary


def test_states_stand_in_a_summary_and_particulars_do_not(full, summary):
    whole = {i.id: i for g in full.groups for i in g.items}
    for group in summary.groups:
        for item in group.items:
            assert (item.mark, item.state, item.title) == (whole[item.id].mark, whole[item.id].state, item.title)
            if item.id == "DATA-1":
                assert item == whole[item.id]
            else:
                assert (item.said, item.seen, item.comment, item.exception, item.evidence) == ((), (), "", None, ())
    assert {piece.id for piece in summary.evidence} == set(whole["DATA-1"].evidence)
    assert summary.ledger == ()
    assert summary.notes == ()


def test_what_is_held_back_stands_nowhere_in_the_file(full, summary, key):
    clear = make(summary, key).pdf
    secrets = [s.lines for g in full.groups for i in g.items if i.id != "DATA-1" for s in i.said]
    words = {line for lines in secrets for line in lines if len(line) > 12}
    shown = {line for g in full.groups for i in g.items if i.id == "DATA-1" for s in i.said for line in s.lines}
    assert words
    assert not [line for line in words - shown if line.encode() in clear]
    assert not [w.title for w in full.ledger if w.title.encode() in clear]
    hidden = [one.salt for one in full.commitments if one.leaf == "item:DATA-4"]
    assert hidden[0].encode() not in clear


def test_ledger_and_everything_can_be_shown_in_full(full):
    all_shown = summarise(full, {THE_REST: Disclosure.FULL})
    assert trouble(all_shown) == ""
    assert (all_shown.ledger, all_shown.notes, all_shown.evidence) == (full.ledger, full.notes, full.evidence)
    assert trouble(summarise(full, {LEDGER: Disclosure.FULL})) == ""


def test_what_is_handed_over_later_is_what_was_signed(full, summary):
    data = opening(full, ["AUTH-1", "evidence:ev-6", "notes"])
    opened = read_opening(data, "x.json")
    assert fits(summary, opened) == (("item:AUTH-1", True), ("evidence:ev-6", True), ("notes", True))
    assert all(good for _leaf, good in fits(summary, from_full(full)))
    other = commit(full, numbered())
    assert not any(good for _leaf, good in fits(replace(other, root="1" * 64), opened))
    with pytest.raises(NothingToOpen):
        opening(summary, ["AUTH-1"])
    with pytest.raises(NothingToOpen):
        opening(full, ["NONE-9"])


@pytest.mark.parametrize(
    "junk",
    [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, json.dumps({"format": "attestry-opening/1"}).encode()],
)
def test_junk_is_no_opening(junk):
    with pytest.raises(NotAnOpening):
        read_opening(junk, "junk.json")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["leaf", "salt", "content"]), min_size=1, max_size=3),
    st.one_of(st.none(), st.text(max_size=8), st.integers(), st.dictionaries(st.text(max_size=3), st.integers())),
)
def test_a_changed_opening_never_fits_and_never_raises(full, fields, value):
    parsed = json.loads(opening(full, ["DATA-4"]))
    before = dict(parsed["items"][0])
    for field in fields:
        parsed["items"][0][field] = value
    try:
        opened = read_opening(json.dumps(parsed).encode(), "x")
    except NotAnOpening:
        return
    assert all(not good for _leaf, good in fits(full, opened)) or parsed["items"][0] == before


@pytest.mark.parametrize("name", DISHONEST)
def test_data_that_do_not_hold_together_are_found(full, summary, name):
    assert trouble(DISHONEST[name](full, summary))


@pytest.mark.slow
def test_data_that_do_not_hold_together_are_no_attestation_although_they_are_signed(key):
    for name, pdf in dishonest(key).items():
        found = verify(pdf)
        assert found.outcome is Outcome.ALTERED, name
        assert "Rule 7" in found.integrity.sentence, name


@pytest.mark.slow
def test_summary_and_full_verify_and_their_exports_hold_only_what_is_shown(full, summary, key):
    for attestation in (full, summary):
        made: Made = make(attestation, key)
        assert verify(made.pdf).outcome is Outcome.INTACT
    for export, data in exports(summary):
        assert b"max-age=86400" not in data, export.name
