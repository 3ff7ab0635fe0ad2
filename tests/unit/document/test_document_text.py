from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from document_reading import bare, whole
from document_samples import evidence, item, said, seen, small
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.document.build import build
from wizard.document.direction import levels, visual_order
from wizard.document.faces import face
from wizard.document.fonts import _FALLBACKS, SCRIPTS, Fonts, MissingGlyph, Weight, _font_of
from wizard.document.text import Span, Style, plain, wrap
from wizard.document.theme import MONO, TEXT
from wizard.document.words import with_release
from wizard.domain.attestation import Attestation, Gap, ItemGroup, Signatory
from wizard.domain.finding import Mark
from wizard.domain.observation import Verdict

SCRIPT_SAMPLES = {
    "Latin": "Crème brûlée, Łódź, Đorđe, ﬁ",
    "Greek": "Ασφάλεια",
    "Cyrillic": "Безопасность",
    "Armenian": "Անվտանգություն",
    "Georgian": "უსაფრთხოება",
    "Hebrew": "אבטחה",
    "Arabic": "الأمان ۱۲۳",
    "Devanagari": "सुरक्षा क्षत्रिय",
    "Bengali": "নিরাপত্তা",
    "Gurmukhi": "ਸੁਰੱਖਿਆ",
    "Gujarati": "સુરક્ષા",
    "Tamil": "பாதுகாப்பு",
    "Telugu": "భద్రత",
    "Kannada": "ಭದ್ರತೆ",
    "Malayalam": "സുരക്ഷ",
    "Sinhala": "ආරක්ෂාව",
    "Thai": "ความปลอดภัย",
    "Lao": "ຄວາມປອດໄພ",
    "Khmer": "សុវត្ថិភាព",
    "Myanmar": "လုံခြုံရေး",
    "Ethiopic": "ደህንነት",
    "Han": "安全性 資訊安全",
    "Hiragana": "あんぜん",
    "Katakana": "セキュリティー",
    "Hangul": "보안 증명서",
}

NAUGHTY = [
    "",
    " ",
    "\t\n\r\n  \v\f",
    "<b>bold</b> <font color='red'>x</font>",
    "</para><para>",
    '<a href="javascript:alert(1)">x</a>',
    '<img src="file:///etc/passwd"/>',
    "&lt;&amp;&#x41;&nosuch;",
    "%s %d {0} {name} ${PATH} `id` $(id)",
    "(unbalanced ( parentheses \\ and \\\\ backslashes)",
    ") Tj ET Q /Artifact EMC",
    "endstream endobj %%EOF startxref 0",
    "a\u202eevil\u202cb",
    "\u2066isolated\u2069",
    "zero\u200bwidth\u200djoiner\ufeff",
    "soft\u00adhyphen",
    "a\u0300\u0301\u0302\u0303 zalgo h\u0336\u0335",
    "NUL \x00 BEL \x07 ESC \x1b DEL \x7f C1 \x9b",
    "x" * 900,
    "ﬀ ﬁ ½ ™ ℮ № ⅷ",
    "👩\u200d💻 ✅ ❌ ⚠\ufe0f ★ ☃",
    "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ ⇒ α∧¬β",
    "a non-breaking\u00a0space and a narrow\u202fone",
    *SCRIPT_SAMPLES.values(),
]


def drawable(character: str) -> bool:
    """What the shipped fonts can draw, from left to right: the order of right-to-left words is tested by itself."""
    return (
        unicodedata.bidirectional(character) not in ("R", "AL", "AN")
        and unicodedata.category(character) not in ("Cs", "Cn", "Co")
        and all(_font_of(c, Weight.REGULAR) is not None for c in plain(character) if c != "\n")
    )


LETTERS = st.characters(max_codepoint=0x2FFF).filter(drawable)
TEXTS = st.one_of(
    st.sampled_from([text for text in NAUGHTY if all(drawable(c) for c in text)]),
    st.text(LETTERS, max_size=60),
    st.text(st.characters(min_codepoint=0x3000, max_codepoint=0xD7A3).filter(drawable), max_size=30),
)


def with_texts(texts: list[str]) -> Attestation:
    """Every field of an attestation that holds text of a person or of the network, filled in turn."""
    turn = iter(texts * 40)
    one = item(
        "DATA-4",
        next(turn),
        Mark.EXCEPTION,
        because=next(turn),
        explanation=next(turn),
        comment=next(turn),
        exception=Gap(next(turn), next(turn), next(turn), small().valid_until, next(turn)),
        said=(
            said(next(turn), next(turn), next(turn), author=next(turn), reason=next(turn)),
            said(next(turn), heads=(next(turn), next(turn)), rows=((next(turn), next(turn)), (next(turn), "x"))),
        ),
        seen=(seen("hsts", next(turn), Verdict.FAIL, next(turn), next(turn)),),
        evidence=("ev-1",),
    )
    return small(
        organisation=next(turn),
        integration=next(turn),
        place=next(turn),
        registration=next(turn),
        reference=next(turn),
        release=next(turn),
        declaration=next(turn),
        scope_statement=next(turn),
        questionnaire_title=next(turn),
        signatory=Signatory(next(turn), next(turn), next(turn), small().signatory.fingerprint, next(turn)),
        repositories=(next(turn),),
        notes=(next(turn),),
        groups=(ItemGroup("g", next(turn), (one,)),),
        evidence=(evidence(1, next(turn), (next(turn),), next(turn), None),),
    )


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=3, max_size=9))
def test_whatever_people_write_is_in_the_pages_letter_by_letter(texts):
    words = whole(build(with_texts(texts)))
    for text in texts:
        for line in plain(text).split("\n"):
            assert bare(line) in words


@pytest.mark.slow
def test_naughty_texts_are_in_the_pages_letter_by_letter():
    for start in range(0, len(NAUGHTY), 12):
        texts = NAUGHTY[start : start + 12]
        words = whole(build(with_texts(texts)))
        for text in texts:
            for line in plain(text).split("\n"):
                assert bare(line) in words, text


def test_the_named_scripts_are_covered_in_regular_and_bold():
    assert set(SCRIPTS) == set(SCRIPT_SAMPLES)
    fonts = Fonts()
    for text in SCRIPT_SAMPLES.values():
        for weight in Weight:
            for word in text.split():
                assert fonts.set(word, weight)


def test_a_million_letters_without_a_space_are_set_in_lines():
    lines = wrap(Fonts(), [Span("x" * 100_000, TEXT)], 300.0)
    assert sum(len(f.run.text) for line in lines for f in line.fragments) == 100_000
    assert all(line.width <= 300.1 for line in lines)


def test_lines_end_between_words_and_ideographs_and_never_lose_a_letter():
    for text in (
        "to be or not to be, that is the question",
        "安全性は大切です。すべての人に、いつでも",
        "a-b/c-d " * 20,
    ):
        lines = wrap(Fonts(), [Span(text, TEXT)], 90.0)
        assert len(lines) > 1
        assert "".join(f.run.text for line in lines for f in line.fragments).replace(" ", "") == text.replace(" ", "")
        assert all(line.width <= 90.1 for line in lines)
    first = wrap(Fonts(), [Span("alpha beta gamma", TEXT)], 60.0)[0]
    assert "".join(f.run.text for f in first.fragments) in ("alpha", "alpha beta")


def test_styles_share_a_line_and_links_stay_apart():
    spans = [Span("see ", TEXT), Span("page 3", TEXT, "#scope"), Span(" and ", TEXT), Span("header", MONO)]
    (line,) = wrap(Fonts(), spans, 500.0)
    assert [(f.run.text, f.link) for f in line.fragments] == [
        ("see ", ""),
        ("page 3", "#scope"),
        (" and ", ""),
        ("header", ""),
    ]


def test_controls_that_could_reorder_text_are_written_out():
    assert plain("abc\u202edef") == "abc[U+202E]def"
    assert plain("\x1b[31m") == "[U+001B][31m"
    assert plain("a\tb\u00a0c") == "a b c"
    assert plain("e\u0301") == "é"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc אבג def", "abc גבא def"),
        ("abc אבג דהו def", "abc והד גבא def"),
        ("price 12 אבג 34 end", "price 12 34 גבא end"),
        ("אבג abc דהו", "והד abc גבא"),
        ("(אבג)", ")גבא("),
        ("plain", "plain"),
    ],
)
def test_words_stand_in_the_order_in_which_people_read_them(text, shown):
    _base, level = levels(text)
    assert "".join(text[i] for i in visual_order(level)) == shown


@pytest.mark.parametrize(("name", "shown"), [("Sync", "Sync, release 2.0.1"), ("אבג דהו", "release 2.0.1, והד גבא")])
def test_a_name_from_the_right_does_not_mix_with_its_release(name, shown):
    text = with_release(name, "2.0.1")
    _base, level = levels(text)
    assert "".join(text[i] for i in visual_order(level)) == shown


def test_brackets_are_mirrored_in_right_to_left_runs():
    fonts = Fonts()
    (run,) = fonts.set("(", Weight.REGULAR, right_to_left=True)
    glyph = next(glyph for glyph, _text in run.font.cids)
    assert glyph == face("NotoSans-Regular.ttf").glyphs[ord(")")]


def test_the_fonts_are_small_enough_to_ship():
    from wizard.resources import asset

    files = list(asset("fonts").iterdir())
    assert sum(file.stat().st_size for file in files) <= 25_000_000
    names = {fallback.file(weight) for fallback in _FALLBACKS for weight in Weight}
    assert names | {"NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansMono-Regular.ttf"} == {f.name for f in files}
    licences = "".join(f.read_text(encoding="utf-8") for f in asset("licences").glob("fonts-*"))
    assert all(word in licences for word in ("Noto Sans", "NanumGothic", "Droid Sans Fallback", "DejaVu Sans"))


def test_a_subset_holds_the_parts_of_composed_glyphs_and_is_a_font():
    import uharfbuzz as hb

    full = face("NotoSans-Regular.ttf")
    wanted = [full.glyphs[ord(c)] for c in "aéŁ"]
    data, renumbered = full.subset(wanted)
    assert len(data) < 40_000
    font = hb.Font(hb.Face(data))
    for glyph in wanted:
        assert font.get_glyph_h_advance(renumbered[glyph]) == full.width(glyph)
    extents = font.get_glyph_extents(renumbered[wanted[1]])
    original = hb.Font(hb.Face(full.data)).get_glyph_extents(wanted[1])
    assert (extents.width, extents.height) == (original.width, original.height)


def test_missing_glyphs_name_text_and_character():
    with pytest.raises(MissingGlyph, match=r"“sign:\U0001e900”|U\+1E900"):
        wrap(Fonts(), [Span("sign:\U0001e900", Style(Weight.BOLD, 8.0, 12.0, (0, 0, 0)))], 100.0)


def test_what_a_host_sent_never_stops_the_export():
    strange = "x-powered-by: \U0001e900 \ue000"
    one = item("A-1", "Title", Mark.SEEN, seen=(seen("hsts", "a\ue000.example", Verdict.FAIL, strange, strange),))
    words = whole(build(small(groups=(ItemGroup("g", "G", (one,)),))))
    assert words.count(bare("x-powered-by: [U+1E900] [U+E000]")) == 2
    assert "a[U+E000].example" in words


def test_an_older_copy_that_was_gone_on_with_stands_in_the_journal_and_nothing_where_there_was_none():
    attestation = small()
    assert "Oldercopies" not in whole(build(attestation))
    accepted = replace(attestation, journal=replace(attestation.journal, older_copies=2))
    assert "Oldercopiesgoneonwith(times:2)" in whole(build(accepted))
