"""Built to PDF/A-3a and PDF/UA-1: one test for each thing that a real validator once complained about.

No independent validator runs here; these are our own readings of ISO 19005-3 and ISO 14289-1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from io import BytesIO

import pikepdf
import pytest
import uharfbuzz as hb
from defusedxml.ElementTree import fromstring
from document_samples import hard, make
from PIL import ImageCms
from test_document_disclosure import LEVELS, numbered
from test_document_signing import stamped

from wizard.document.disclosure import commit, summarise
from wizard.document.xmp import NAMESPACE

#: ISO 32000-1, 14.8.4: the standard structure types that we use, and where each may stand.
GROUPING = {"Document", "Sect", "Div"}
BLOCKS = GROUPING | {"P", "H1", "H2", "H3", "Table", "L", "TOC", "Figure", "Form"}
ALLOWED = {
    "Document": {"Sect"},
    "Sect": BLOCKS,
    "Div": BLOCKS,
    "P": {"Link", "Span"},
    "H1": set(),
    "H2": {"Link"},
    "H3": {"Link"},
    "Table": {"TR"},
    "TR": {"TH", "TD"},
    "TH": {"Link", "P"},
    "TD": {"Link", "P"},
    "L": {"LI"},
    "LI": {"Lbl", "LBody"},
    "Lbl": set(),
    "LBody": {"P"},
    "TOC": {"TOCI", "Caption"},
    "TOCI": {"Link"},
    "Caption": set(),
    "Link": set(),
    "Figure": set(),
    "Form": set(),
}
PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "s", "S", "Do", "sh", "BI", "EI"}


#: Two kinds before each commit, each other one in `make test`: they are made by the same code and take seconds.
KINDS = ["signed", "hard, signed"]
KINDS_LATER = ["unsigned", "summary", "hard", "time stamp", "long term", "archive"]


@pytest.fixture(scope="module")
def file_of(made, key) -> Callable[[str], bytes]:
    """One file of each kind that leaves the program, made when it is first asked for."""
    stressed = cache(lambda: make(hard(), key))
    proven = cache(lambda: stamped(key, made.attestation))
    makers = {
        "unsigned": lambda: made.unsigned,
        "signed": lambda: made.pdf,
        "summary": cache(lambda: make(summarise(commit(made.attestation, numbered()), LEVELS), key).pdf),
        "hard": lambda: stressed().unsigned,
        "hard, signed": lambda: stressed().pdf,
        "time stamp": lambda: proven()[1],
        "long term": lambda: proven()[2],
        "archive": lambda: proven()[3],
    }
    return lambda kind: makers[kind]()


@pytest.fixture(params=[*KINDS, *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS_LATER)])
def opened(request, file_of) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(file_of(request.param))) as pdf:
        yield pdf


def elements(pdf: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, tuple[str, ...]]]:
    """Every structure element with the roles above it, in reading order."""

    def below(element: pikepdf.Object, above: tuple[str, ...]) -> Iterator[tuple[pikepdf.Object, tuple[str, ...]]]:
        yield element, above
        for kid in kids(element):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
                yield from below(kid, (*above, str(element.S)[1:]))

    yield from below(pdf.Root.StructTreeRoot.K, ())


def kids(element: pikepdf.Object) -> list[object]:
    found = element.get("/K", [])
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def annotations(pdf: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Page, pikepdf.Object]]:
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            yield page, annotation


def parent_tree(pdf: pikepdf.Pdf) -> dict[int, pikepdf.Object]:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return dict(zip(map(int, numbers[0::2]), numbers[1::2], strict=True))


def test_the_catalogue_says_what_the_document_is(opened):
    root = opened.Root
    assert bool(root.MarkInfo.Marked)
    assert str(root.Lang) == "en"
    assert bool(root.ViewerPreferences.DisplayDocTitle)
    assert "/StructTreeRoot" in root
    assert not {"/OpenAction", "/AA", "/OCProperties", "/Version", "/Extensions", "/Requirements"} & set(root.keys())
    assert opened.pdf_version == "1.7"
    assert "/Encrypt" not in opened.trailer
    assert len(opened.trailer.ID) == 2


@pytest.mark.slow
def test_the_metadata_name_both_standards_declare_their_own_words_and_agree_with_the_info(opened):
    packet = opened.Root.Metadata.read_bytes()
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    tree = fromstring(packet.decode("utf-8").replace("\ufeff", ""))
    values = {node.tag: "".join(node.itertext()).strip() for node in tree.iter()}
    assert values["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert values["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "A"
    assert values["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    declared = [node.text for node in tree.iter("{http://www.aiim.org/pdfa/ns/schema#}namespaceURI")]
    assert declared == ["http://www.aiim.org/pdfua/ns/id/", NAMESPACE]
    names = {node.text for node in tree.iter("{http://www.aiim.org/pdfa/ns/property#}name")}
    assert names == {"part", "dataSHA256", "layout"}
    info = opened.trailer.Info
    assert values["{http://purl.org/dc/elements/1.1/}title"] == str(info.Title)
    assert values["{http://purl.org/dc/elements/1.1/}creator"] == str(info.Author)
    assert values["{http://purl.org/dc/elements/1.1/}description"] == str(info.Subject)
    assert values["{http://ns.adobe.com/pdf/1.3/}Producer"] == str(info.Producer)
    assert values["{http://ns.adobe.com/xap/1.0/}CreatorTool"] == str(info.Creator)
    for name, key in (("CreateDate", "/CreationDate"), ("ModifyDate", "/ModDate")):
        written = values[f"{{http://ns.adobe.com/xap/1.0/}}{name}"]
        assert re.sub(r"\D", "", written) == str(info[key])[2:16]
    assert any(node.tag == f"{rdf}Alt" for node in tree.iter())
    assert "/Filter" not in opened.Root.Metadata


def test_colours_have_an_output_intent(opened):
    (intent,) = opened.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    profile = ImageCms.ImageCmsProfile(BytesIO(intent.DestOutputProfile.read_bytes()))
    assert profile.profile.xcolor_space.strip() == "RGB"
    assert int(intent.DestOutputProfile.N) == 3


def test_nothing_is_transparent_layered_or_in_another_colour_space(opened):
    for page in opened.pages:
        assert set(page.obj.Resources.keys()) == {"/Font"}
        assert "/Group" not in page.obj
        operators = {str(operator) for _operands, operator in pikepdf.parse_content_stream(page)}
        assert not operators & {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "gs", "Do", "sh", "BI", "ri"}


def test_everything_that_is_drawn_is_marked_as_content_or_as_decoration(opened):
    for page in opened.pages:
        stack: list[bool] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                numbered = name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
                assert not (numbered and any(stack)), "marked content inside marked content"
                stack.append(numbered or str(operands[0]) == "/Artifact")
            elif name == "EMC":
                stack.pop()
            elif name in PAINTING:
                assert any(stack), "drawn outside of any mark"
        assert stack == []


def test_every_mark_belongs_to_the_element_that_claims_it(opened):
    pages = {page.obj.objgen: page for page in opened.pages}
    tree = parent_tree(opened)
    claimed: dict[tuple[tuple[int, int], int], tuple[int, int]] = {}
    for element, _above in elements(opened):
        for kid in kids(element):
            if isinstance(kid, int):
                claimed[element.Pg.objgen, kid] = element.objgen
            elif isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/MCR":
                claimed[kid.Pg.objgen, int(kid.MCID)] = element.objgen
    drawn = 0
    for objgen, page in pages.items():
        owners = tree[int(page.obj.StructParents)]
        roles = [
            (int(operands[1].MCID), str(operands[0]))
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]
        ]
        assert [number for number, _role in roles] == list(range(len(owners)))
        for number, role in roles:
            assert claimed[objgen, number] == owners[number].objgen
            assert str(owners[number].S) == role
        drawn += len(roles)
    assert drawn == len(claimed)


def test_elements_stand_only_where_they_may(opened):
    for element, above in elements(opened):
        role = str(element.S)[1:]
        assert role in ALLOWED, role
        if above:
            assert role in ALLOWED[above[-1]], (role, above)
            assert "/P" in element


def test_headings_go_down_one_level_at_a_time(opened):
    level = 0
    for element, _above in elements(opened):
        found = re.fullmatch(r"/H(\d)", str(element.S))
        if found:
            assert int(found[1]) <= level + 1
            level = int(found[1])
    assert level


def test_tables_are_regular_and_their_heads_say_for_what(opened):
    tables = [element for element, _above in elements(opened) if element.S == "/Table"]
    assert tables
    for table in tables:
        widths = {sum(int(c.get("/A", {}).get("/ColSpan", 1)) for c in kids(row)) for row in kids(table)}
        assert len(widths) == 1
    heads = [element for element, _above in elements(opened) if element.S == "/TH"]
    assert {str(head.A.Scope) for head in heads} == {"/Column", "/Row"}


def test_pictures_are_described_and_placed(opened):
    figures = [element for element, _above in elements(opened) if element.S == "/Figure"]
    assert len(figures) in (1, 3)  # a summary that holds the ledger back draws one
    for figure in figures:
        assert len(str(figure.Alt)) > 20
        assert len(figure.A.BBox) == 4


def test_links_are_printed_described_and_tagged(opened):
    tree = parent_tree(opened)
    links = [(page, link) for page, link in annotations(opened) if link.Subtype == "/Link"]
    assert len(links) > 20
    for page, link in links:
        assert int(link.F) == 4
        assert str(link.Contents)
        element = tree[int(link.StructParent)]
        assert element.S == "/Link"
        references = [kid for kid in kids(element) if isinstance(kid, pikepdf.Dictionary) and kid.Type == "/OBJR"]
        assert [reference.Obj.objgen for reference in references] == [link.objgen]
        assert any(isinstance(kid, int) or kid.Type == "/MCR" for kid in kids(element))
        assert page.obj.Tabs == "/S"
        if "/Dest" in link:
            assert link.Dest[0].objgen in {p.obj.objgen for p in opened.pages}
        else:
            assert str(link.A.URI).startswith("https://")


def test_the_signature_field_is_described_tagged_and_printed(opened):
    field, *later = opened.Root.AcroForm.Fields
    for stamp in later:  # ISO 14289-1, 7.18.1: what lies outside of the page is shown to nobody and needs no tag
        assert [int(edge) for edge in stamp.Rect] == [-9999] * 4
        assert (int(stamp.F), str(stamp.TU)) == (132, "Time stamp over the signed document")
        assert not {"/AP", "/A", "/AA"} & set(stamp.keys())
    assert int(field.F) == 132
    assert str(field.TU) == "Signature of Ines Mertens"
    assert field.AP.N.Subtype == "/Form"
    element = parent_tree(opened)[int(field.StructParent)]
    assert element.S == "/Form"
    assert kids(element)[0].Obj.objgen == field.objgen
    assert int(opened.Root.AcroForm.SigFlags) == 3
    assert "/NeedAppearances" not in opened.Root.AcroForm
    assert next(page for page, one in annotations(opened) if one.objgen == field.objgen).index == 0


def test_the_data_are_an_associated_file(opened):
    files = {str(file.F): file for file in opened.Root.AF}
    names = list(opened.Root.Names.EmbeddedFiles.Names)
    assert {str(names[i]): names[i + 1].objgen for i in range(0, len(names), 2)} == {
        name: file.objgen for name, file in files.items()
    }
    for name, file in files.items():
        assert str(file.UF) == name
        assert str(file.Desc)
        assert file.EF.F.Subtype in ("/application/json", "/application/vnd.cyclonedx+json")
        assert "/ModDate" in file.EF.F.Params
        assert int(file.EF.F.Params.Size) == len(file.EF.F.read_bytes())
    data = files["attestation.json"]
    assert data.AFRelationship == "/Source"
    assert sha256(data.EF.F.read_bytes()).hexdigest().encode() in opened.Root.Metadata.read_bytes()


def test_every_font_is_embedded_mapped_to_unicode_and_as_wide_as_it_says(opened):
    fonts = opened.pages[0].obj.Resources.Font
    for font in fonts.values():
        (descendant,) = font.DescendantFonts
        assert re.fullmatch(r"/[A-Z]{6}\+\S+", str(font.BaseFont))
        assert font.BaseFont == descendant.BaseFont == descendant.FontDescriptor.FontName
        program = hb.Font(hb.Face(descendant.FontDescriptor.FontFile2.read_bytes()))
        to_glyph = descendant.CIDToGIDMap.read_bytes()
        first, widths = descendant.W
        assert first == 1
        assert len(to_glyph) == 2 * (len(widths) + 1)
        cmap = font.ToUnicode.read_bytes()
        for cid, width in enumerate(widths, 1):
            glyph = int.from_bytes(to_glyph[2 * cid : 2 * cid + 2], "big")
            assert glyph, "the missing glyph is never drawn"
            advance = program.get_glyph_h_advance(glyph) * 1000 / program.face.upem
            assert abs(advance - float(width)) < 0.6
            assert b"<%04X> <" % cid in cmap


def test_every_character_code_that_is_shown_has_a_glyph(opened):
    known = {name: len(font.DescendantFonts[0].W[1]) for name, font in opened.pages[0].obj.Resources.Font.items()}
    for page in opened.pages:
        font = ""
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = str(operands[0])
            elif str(operator) == "Tj":
                codes = bytes(operands[0])
                numbers = [int.from_bytes(codes[i : i + 2], "big") for i in range(0, len(codes), 2)]
                assert all(0 < number <= known[font] for number in numbers)


def test_streams_and_objects_are_written_as_archives_want_them(made):
    pdf = made.unsigned
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", pdf)
    assert pdf.count(b"\nendstream\n") == len(re.findall(rb">>\nstream\n", pdf))
    assert b"/LZWDecode" not in pdf
    assert b"/ObjStm" not in pdf
    assert b"/FlateDecode" not in pdf


def test_the_outline_leads_to_every_chapter_and_requirement(opened, made):
    titles = []
    waiting = [opened.Root.Outlines.First]
    while waiting:
        one = waiting.pop()
        titles.append(str(one.Title))
        assert one.Dest[0].objgen in {page.obj.objgen for page in opened.pages}
        waiting += [one[key] for key in ("/Next", "/First") if key in one]
    wanted = [item.id for group in made.attestation.groups for item in group.items]
    assert all(any(title.startswith(id) for title in titles) for id in wanted)
    assert "How to verify this document" in titles
