from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from document_reading import bare, reading, whole
from document_samples import PAGE, item, said, sample, small

from wizard.document.book import Book
from wizard.document.build import UnknownLayout, build
from wizard.document.canonical import NotCanonical, UnwritableText, canonical, read
from wizard.document.fonts import MissingGlyph
from wizard.document.front import Contents, front
from wizard.document.layout import Cell, Flow, Marker, Row
from wizard.document.layout import Gap as Room
from wizard.document.theme import BOTTOM
from wizard.domain.attestation import Attestation, Gap, ItemGroup
from wizard.domain.finding import Mark
from wizard.domain.questionnaire import Obligation

HERE = Path(__file__).parent


def every_text(attestation: Attestation) -> list[str]:
    """Every text that a person or a check left in the attestation."""
    a = attestation
    found = [a.organisation, a.integration, a.place, a.registration, a.reference, a.release, a.declaration, *a.notes]
    found += [a.signatory.name, a.signatory.role, a.signatory.authority, a.scope_statement, a.scope_confirmed_by]
    found += [x for h in a.hosts for x in (h.subject, h.purpose, h.environment, h.owner)]
    found += [x for _s, addresses in a.addresses for x in addresses] + list(a.repositories)
    found += [x for run, targets in a.runs for x in (run, *targets)]
    found += [x for c in a.consents for x in (c.run, c.by, *c.probes, *c.data_ports, *c.customers)]
    found += [x for c in a.controls for x in (c.host, c.place, c.by)]
    for row in a.ledger:
        found += [row.number, row.title, row.source, row.place, row.remark, row.decided_by, *row.names]
    for one in a.evidence:
        found += [one.name, one.note, one.added_by, one.read_as, one.media_type, *one.requirements]
    items = [*a.scoping, *(i for g in a.groups for i in g.items)]
    for one in (*items, *(part for i in items for part in i.parts)):
        found += [one.id, one.title, one.explanation, one.comment, one.not_applicable_reason, one.withdrawn]
        if one not in a.scoping:
            found.append(one.because)
        if one.exception:
            found += [one.exception.gap, one.exception.owner, one.exception.control, one.exception.author]
        for s in one.said:
            found += [s.ask, *s.lines, s.reason, s.not_asked, s.author, *s.heads, *(c for row in s.rows for c in row)]
        for seen in one.seen:
            found += [
                seen.result.summary,
                seen.result.proof,
                seen.result.subject,
                seen.result.check,
                seen.result.source,
            ]
    return [text for text in found if text.strip()]


def test_every_answer_comment_evidence_and_observation_is_in_the_text(made):
    words = whole(made.pdf)
    missing = [text for text in every_text(made.attestation) if bare(text) not in words]
    assert missing == []


def test_every_digest_of_evidence_stands_in_full(made):
    words = whole(made.pdf)
    assert all(one.sealed.digest in words for one in made.attestation.evidence)
    assert made.attestation.journal.head in words


@pytest.mark.slow
def test_the_same_data_give_the_same_bytes_in_another_process_with_other_settings():
    program = (
        f"import sys; sys.path[:0] = [{str(HERE)!r}, {str(Path.cwd())!r}]\n"
        "from document_samples import sample; from wizard.document.build import build; from hashlib import sha256\n"
        "print(sha256(build(sample())).hexdigest())"
    )
    digests = set()
    for seed, zone, locale in (("1", "Asia/Tokyo", "C"), ("2", "America/Lima", "C.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
        digests.add(done.stdout.decode().strip())
    assert digests == {sha256(build(sample())).hexdigest()}


def test_the_unsigned_document_is_the_beginning_of_the_signed_one(made):
    assert made.pdf.startswith(made.unsigned)
    assert build(read(canonical(made.attestation))) == made.unsigned
    assert len(made.pdf) - len(made.unsigned) < 16_000


def test_a_demonstration_says_so_on_every_page():
    pages = reading(build(small(demonstration=True)), artifacts=True)
    assert all(page.count("DEMONSTRATION") >= 2 for page in pages)  # the frame, and the word across the page
    assert not any("DEMONSTRATION" in page for page in reading(build(small()), artifacts=True))


def test_a_custom_questionnaire_says_so_on_every_page():
    for demonstration in (False, True):
        pages = reading(build(small(custom_questionnaire=True, demonstration=demonstration)), artifacts=True)
        assert all("Custom questionnaire" in page for page in pages)
        assert all(("DEMONSTRATION" in page) is demonstration for page in pages)


def test_every_page_says_which_page_it_is(made):
    pages = reading(made.pdf, artifacts=True)
    for number, page in enumerate(pages, 1):
        assert bare(f"Page {number} of {len(pages)}") in bare(page)


@pytest.mark.slow
def test_what_does_not_fit_page_1_is_counted_there_and_listed_on_page_2():
    many = tuple(
        item(f"APP-{n}", f"Duty {n}", Mark.DOES_NOT_APPLY, not_applicable_reason=f"Reason {n}.") for n in range(60)
    )
    gaps = tuple(
        item(
            f"EX-{n}", f"Gap {n}", Mark.EXCEPTION, exception=Gap(f"gap {n}", "Jo", f"control {n}", sample().valid_until)
        )
        for n in range(40)
    )
    pages = reading(build(small(groups=(ItemGroup("a", "A", (*gaps, *many)),))))
    first, second = bare(pages[0]), bare("".join(pages[1:4]))
    omitted = [int(n) for n in re.findall(r"and(\d+)more,page2", first)]
    shown = len(re.findall(r"control\d+", first)) + first.count("Reason")
    assert len(omitted) == 2
    assert sum(omitted) + shown == 100
    assert "IdeclareforNorthwindSync" in first
    assert all(f"control{n}" in second for n in range(40))


def test_a_list_that_is_longer_than_the_tally_says_why():
    advice = {"obligation": Obligation.RECOMMENDED, "not_applicable_reason": "No key."}
    absent = (
        item("APP-1", "A duty", Mark.DOES_NOT_APPLY, not_applicable_reason="No key."),
        item("APP-2", "Advice", Mark.DOES_NOT_APPLY, **advice),
    )
    first = bare(reading(build(small(groups=(ItemGroup("a", "A", absent),))))[0])
    assert "1doesnotapply" in first, "the tally counts duties"
    assert "2,withreasons;1isnoduty" in first


def test_huge_values_never_push_the_signature_from_page_1():
    long = "Immensely long name of a company " * 80
    attestation = small(organisation=long, integration=long, declaration="I declare. " * 900, place=long, release=long)
    pages = reading(build(attestation))
    assert bare("Key fingerprint (SHA-256, 128 bit)") in bare(pages[0])
    words = bare("".join(pages))
    assert bare(long) in words
    assert bare(attestation.declaration) in words


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_page_1_holds_its_lists_and_the_signature_without_touching(paper):
    """The worst of everything at once: long names, a long declaration, every list, small paper, a demonstration."""
    long = "A name of some length that goes on and on, " * 8
    items = []
    for n in range(30):
        items.append(item(f"EX-{n}", f"Gap {n}", Mark.EXCEPTION, exception=Gap(long, "Jo", long, sample().valid_until)))
        items.append(item(f"NM-{n}", f"Not met {n}", Mark.NOT_MET))
        items.append(item(f"CL-{n}", f"Not seen {n}", Mark.COULD_NOT_LOOK))
        items.append(item(f"NA-{n}", f"Absent {n}", Mark.DOES_NOT_APPLY, not_applicable_reason=long))
    signatory = replace(sample().signatory, name=long, role=long, authority=long)
    for declaration in ("I declare.", "I declare. " * 100, "I declare. " * 900):
        attestation = small(
            groups=(ItemGroup("a", "A", tuple(items)),),
            paper=paper,
            demonstration=True,
            organisation=long,
            integration=long,
            questionnaire_title=long,
            place=long,
            signatory=signatory,
            declaration=declaration,
        )
        book = Book.begin(attestation)
        front(book, Contents((("Scope", "scope"),)))
        rows = [(top, top + row.height) for row, top, _artifact in book.flow.pages[0]]
        assert len(book.flow.pages) == 1
        assert all(before[1] <= after[0] + 0.02 for before, after in pairwise(rows))
        assert rows[-1][1] <= book.flow.paper[1] - BOTTOM + 0.02


@pytest.mark.slow
def test_long_words_long_answers_and_long_tables_are_there_to_the_last_letter():
    word = "".join(chr(97 + i % 26) for i in range(300))
    answer = " ".join(f"word{i}" for i in range(1500))
    rows = tuple((f"host-{i}.example", f"purpose number {i}", word if i == 7 else "x", str(i)) for i in range(500))
    wide = tuple(tuple(f"cell {r} {c}" for c in range(12)) for r in range(5))
    one = item(
        "T-1",
        "Everything is long",
        Mark.SAID,
        comment=word * 3,
        said=(
            said("Long?", answer, word),
            said("Table?", heads=("Host", "Purpose", "Word", "No."), rows=rows),
            said("Wide?", heads=tuple(f"Head {c}" for c in range(12)), rows=wide),
        ),
    )
    pages = reading(build(small(groups=(ItemGroup("t", "T", (one,)),))))
    words = bare("".join(pages))
    assert bare(answer) in words
    assert word in words
    assert word * 3 in words
    assert all(bare(cell) in words for row in (*rows, *wide) for cell in row)
    assert len(pages) > 20


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_papers(paper):
    with pikepdf.open(BytesIO(build(small(paper=paper)))) as pdf:
        width, height = float(pdf.pages[0].mediabox[2]), float(pdf.pages[0].mediabox[3])
    assert (round(width), round(height)) == ((595, 842) if paper == "A4" else (612, 792))


def test_a_character_that_no_font_has_is_named_with_its_text():
    with pytest.raises(MissingGlyph) as caught:
        build(small(notes=("a rare sign: \U0001e900",)))
    assert "a rare sign: \U0001e900"[-1] == caught.value.character
    assert "U+1E900" in str(caught.value)
    assert "adlam capital letter alif" in str(caught.value)


def test_half_a_character_is_shown_as_damaged_and_rebuilt_the_same():
    pdf = build(small(notes=("half \ud800 of a pair",)))
    assert bare("half \ufffd of a pair") in whole(pdf)
    assert build(read(canonical(small(notes=("half \ud800 of a pair",))))) == pdf


def test_numbers_that_no_file_can_hold_are_refused_with_a_sentence():
    journal = replace(sample().journal, events=2**60)
    with pytest.raises(UnwritableText, match="cannot be stored"):
        build(small(journal=journal))


def test_a_layout_of_the_future_is_refused_with_a_sentence():
    with pytest.raises(UnknownLayout, match="newer version"):
        build(small(layout=99))


def test_canonical_data_are_read_back_and_nothing_else_is():
    attestation = sample()
    data = canonical(attestation)
    assert canonical(read(data)) == data
    for other in (b"", b"{}", b"[]", b"\xff", data + b" ", data.replace(b'"layout":1', b'"layout": 1'), b"[" * 100_000):
        with pytest.raises(NotCanonical):
            read(other)


def test_no_value_becomes_markup_or_a_link():
    evil = '<a href="javascript:alert(1)">x</a> <img src="/etc/passwd"/> {0} %s ${x} &amp; </para> <b>unclosed'
    attestation = replace(small(notes=(evil,), organisation=evil, questionnaire_page="javascript:alert(1)"))
    pdf = build(attestation)
    assert bare(evil) in whole(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        targets = {str(a.A.URI) for page in opened.pages for a in page.obj.get("/Annots", []) if "/A" in a}
    assert targets == {PAGE}


def test_a_look_is_read_on_one_page_where_that_costs_little_room():
    paper = Flow(595.28, 841.89)
    paper.new_page()
    mark = Marker(lambda pen, x, top: None)
    looks = tuple(piece for _look in range(60) for piece in (mark, Room(16.0), Room(16.0), Room(16.0)))
    paper.add([Row((Cell(0.0, looks),))])
    assert len(paper.pages) > 2
    for rows in paper.pages:
        (row, _top, _repeated) = rows[0]
        pieces = row.cells[0].pieces
        assert pieces[0] is mark
        assert pieces[-1] is not mark
        assert len(pieces) % 4 == 0
    # what is higher than the room that may be spared is split where it must be
    paper.add([Row((Cell(0.0, (mark, *(Room(16.0) for _line in range(200)))),))])
    assert all(len(rows[0][0].cells[0].pieces) > 40 for rows in paper.pages[-4:-1])
