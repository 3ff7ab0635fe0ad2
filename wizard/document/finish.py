"""Makes an archivable, readable-aloud PDF of the drawn pages: fonts, tags, links, outline, metadata, attached data.

Every line of it serves PDF/A-3a (ISO 19005-3) or PDF/UA-1 (ISO 14289-1); "built to", as long as no independent
validator ran. The file is written without compression and with an id made of its content, so that the same data give
the same bytes.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import md5
from io import BytesIO
from itertools import pairwise
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from wizard.document import xmp
from wizard.document.book import Book
from wizard.document.exports import exports
from wizard.document.fonts import Used
from wizard.document.pen import Drawn
from wizard.document.tags import Element, Link, Marked, Rectangle, Widget
from wizard.document.words import _
from wizard.resources import asset

FIELD = "Attestation"
ATTACHMENT = "attestation.json"
#: Removed when nothing was drawn for them; a table keeps its empty cells.
_CELLS = ("TD", "TH")


def finish(pages: bytes, book: Book, drawn: Drawn, *, attached: bool = True) -> bytes:
    """The whole unsigned document; without the `attached` data it is only a print, and no attestation."""
    with pikepdf.open(BytesIO(pages)) as pdf:
        _Finishing(pdf, book, drawn, attached).run()
        out = BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            fix_metadata_version=False,
            linearize=False,
        )
        return out.getvalue()


class _Finishing:
    def __init__(self, pdf: pikepdf.Pdf, book: Book, drawn: Drawn, attached: bool) -> None:
        self.pdf, self.book, self.drawn, self.attached = pdf, book, drawn, attached
        self.pages = [page.obj for page in pdf.pages]
        self.root: Any = pdf.Root
        self.by_element: dict[int, Any] = {}
        self.annotations: list[tuple[Any, Any]] = []
        self.on_page: list[list[Any]] = [[] for _page in self.pages]

    def run(self) -> None:
        for key in list(self.root.keys()):
            if key not in ("/Type", "/Pages"):
                del self.root[key]
        fonts = Dictionary({f"/{used.resource}": self._font(used) for used in self.drawn.fonts.used.values()})
        resources = self.pdf.make_indirect(Dictionary(Font=fonts))
        for number, page in enumerate(self.pages):
            for key in ("/Trans", "/Rotate"):
                if key in page:
                    del page[key]
            page.Resources = resources
            page.StructParents = number
        self._structure()
        for page, found in zip(self.pages, self.on_page, strict=True):
            if found:
                page.Annots = Array(found)
                page.Tabs = Name.S
        self._outline()
        if self.attached:
            self._attach()
        self._describe()

    # -- fonts ------------------------------------------------------------------------------------------------------

    def _font(self, used: Used) -> Any:
        """A Type 0 font over a TrueType subset (ISO 32000-1, 9.7)."""
        face = used.face
        glyphs = [glyph for glyph, _text in used.cids]
        data, renumbered = face.subset(glyphs)
        name = Name(f"/{face.tag(glyphs)}+{face.name}")
        flags = 4 | (64 if face.italic_angle else 0) | (1 if "Mono" in face.name else 0)
        descriptor = Dictionary(
            Type=Name.FontDescriptor,
            FontName=name,
            Flags=flags,
            FontBBox=Array(face.box),
            ItalicAngle=face.italic_angle,
            Ascent=face.ascent,
            Descent=face.descent,
            CapHeight=face.cap_height,
            StemV=face.stem,
            FontFile2=self._stream(data, Length1=len(data)),
        )
        widths = [_width(face.width(glyph)) for glyph in glyphs]
        to_glyph = b"\0\0" + b"".join(renumbered[glyph].to_bytes(2, "big") for glyph in glyphs)
        descendant = Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            FontDescriptor=self.pdf.make_indirect(descriptor),
            DW=1000,
            W=Array([1, Array(widths)]),
            CIDToGIDMap=self._stream(to_glyph),
        )
        return self.pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type0,
                BaseFont=name,
                Encoding=Name("/Identity-H"),
                DescendantFonts=Array([self.pdf.make_indirect(descendant)]),
                ToUnicode=self._stream(_to_unicode(used)),
            )
        )

    def _stream(self, data: bytes, **entries: Any) -> Any:
        return self.pdf.make_indirect(Stream(self.pdf, data, **entries))

    # -- structure --------------------------------------------------------------------------------------------------

    def _structure(self) -> None:
        root = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        prune(self.book.root)
        root.K = self._element(self.book.root, root)
        numbers = Array()
        for number, owners in enumerate(self.drawn.owners):
            numbers.append(number)
            numbers.append(self.pdf.make_indirect(Array([self.by_element[id(owner)] for owner in owners])))
        for number, (annotation, element) in enumerate(self.annotations, len(self.pages)):
            annotation.StructParent = number
            numbers.append(number)
            numbers.append(element)
        root.ParentTree = self.pdf.make_indirect(Dictionary(Nums=numbers))
        root.ParentTreeNextKey = len(self.pages) + len(self.annotations)
        self.root.StructTreeRoot = root
        self.root.MarkInfo = Dictionary(Marked=True)

    def _element(self, element: Element, parent: Any) -> Any:
        made: Any = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.role}"), P=parent))
        self.by_element[id(element)] = made
        if element.alternative:
            made.Alt = String(element.alternative)
        if element.scope or element.columns > 1:
            made.A = Dictionary(O=Name.Table)
            if element.scope:
                made.A.Scope = Name(f"/{element.scope}")
            if element.columns > 1:
                made.A.ColSpan = element.columns
        if element.counted:
            made.A = Dictionary(O=Name.List, ListNumbering=Name.Decimal)
        if element.place is not None:
            made.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=_rectangle(element.place))
        first = next((kid.page for kid in element.kids if isinstance(kid, Marked)), None)
        if first is not None:
            made.Pg = self.pages[first]
        kids = [self._kid(kid, made, first) for kid in element.kids]
        if kids:
            made.K = kids[0] if len(kids) == 1 else Array(kids)
        return made

    def _kid(self, kid: Element | Marked | Link | Widget, parent: Any, page: int | None) -> Any:
        match kid:
            case Element():
                return self._element(kid, parent)
            case Marked(number, content):
                if number == page:
                    return content
                return Dictionary(Type=Name.MCR, Pg=self.pages[number], MCID=content)
            case Link():
                annotation = self._link(kid)
            case Widget():
                annotation = self._widget(kid)
        self.annotations.append((annotation, parent))
        self.on_page[kid.page].append(annotation)
        return Dictionary(Type=Name.OBJR, Obj=annotation, Pg=self.pages[kid.page])

    def _link(self, link: Link) -> Any:
        annotation: Any = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=_rectangle(link.place),
            Border=Array([0, 0, 0]),
            F=4,
            Contents=String(_("Go to {target}").format(target=link.says)),
            P=self.pages[link.page],
        )
        if link.target.startswith("#"):
            annotation.Dest = self._destination(link.target[1:])
        else:
            annotation.A = Dictionary(S=Name.URI, URI=String(link.target))
        return self.pdf.make_indirect(annotation)

    def _destination(self, anchor: str) -> Any:
        page, top = self.book.flow.places.anchors[anchor]
        return Array([self.pages[page], Name.XYZ, 0, _width(self.book.flow.paper[1] - top + 6), 0])

    def _widget(self, widget: Widget) -> Any:
        """The signature field over the signature block; what is seen there is drawn on the page itself."""
        width = widget.place.right - widget.place.left
        height = widget.place.top - widget.place.bottom
        nothing = self._stream(
            b" ",
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, _width(width), _width(height)]),
            Resources=Dictionary(),
        )
        field = self.pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T=String(FIELD),
                TU=String(widget.says),
                Contents=String(widget.says),
                Rect=_rectangle(widget.place),
                F=132,
                P=self.pages[widget.page],
                AP=Dictionary(N=nothing),
            )
        )
        self.root.AcroForm = self.pdf.make_indirect(Dictionary(Fields=Array([field]), SigFlags=3))
        return field

    # -- outline, attachment, description ----------------------------------------------------------------------------

    def _outline(self) -> None:
        top: Any = self.pdf.make_indirect(Dictionary(Type=Name.Outlines))
        chapters: list[tuple[Any, list[Any]]] = []
        for level, title, anchor in self.book.outline:
            made: Any = self.pdf.make_indirect(Dictionary(Title=String(title), Dest=self._destination(anchor)))
            if level == 1 or not chapters:
                made.Parent = top
                chapters.append((made, []))
            else:
                made.Parent = chapters[-1][0]
                chapters[-1][1].append(made)
        _chain(top, [chapter for chapter, _below in chapters])
        top.Count = len(chapters)
        for chapter, below in chapters:
            if below:
                _chain(chapter, below)
                chapter.Count = -len(below)
        self.root.Outlines = top
        self.root.PageMode = Name.UseOutlines

    def _attach(self) -> None:
        """The canonical data and their translations as associated files (ISO 19005-3, 6.8)."""
        about = _("The attestation as canonical JSON (RFC 8785); the pages are rebuilt from it")
        files = [self._file(ATTACHMENT, "application/json", about, Name.Source, self.book.data)]
        for export, data in exports(self.book.attestation):
            files.append(self._file(export.name, export.media_type, export.about, Name.Alternative, data))
        named = sorted(files, key=lambda file: str(file.F))
        self.root.Names = Dictionary(
            EmbeddedFiles=Dictionary(Names=Array([part for file in named for part in (file.F, file)]))
        )
        self.root.AF = Array(files)

    def _file(self, name: str, media_type: str, about: str, relationship: Any, data: bytes) -> Any:
        at = xmp.pdf_date(self.book.attestation.signed_at)
        checksum = md5(data, usedforsecurity=False).digest()
        stream = self._stream(
            data,
            Type=Name.EmbeddedFile,
            Subtype=Name(f"/{media_type}"),
            Params=Dictionary(Size=len(data), CreationDate=String(at), ModDate=String(at), CheckSum=String(checksum)),
        )
        return self.pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(name),
                UF=String(name),
                Desc=String(about),
                AFRelationship=relationship,
                EF=Dictionary(F=stream, UF=stream),
            )
        )

    def _describe(self) -> None:
        described = xmp.Description.of(self.book, self.attached)
        self.root.Lang = String(self.book.attestation.language)
        self.root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        self.root.Metadata = self._stream(described.packet(), Type=Name.Metadata, Subtype=Name.XML)
        profile = self._stream(asset("document", "srgb.icc").read_bytes(), N=3)
        self.root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent,
                    S=Name.GTS_PDFA1,
                    OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                    Info=String("sRGB IEC61966-2.1"),
                    RegistryName=String("http://www.color.org"),
                    DestOutputProfile=profile,
                )
            ]
        )
        at = String(xmp.pdf_date(self.book.attestation.signed_at))
        self.pdf.trailer.Info = self.pdf.make_indirect(
            Dictionary(
                Title=String(described.title),
                Author=String(described.author),
                Subject=String(described.subject),
                Creator=String(described.creator),
                Producer=String(described.producer),
                CreationDate=at,
                ModDate=at,
            )
        )


def prune(element: Element) -> bool:
    """Drop elements for which nothing was drawn; true when something remains."""
    element.kids = [kid for kid in element.kids if not isinstance(kid, Element) or prune(kid)]
    return bool(element.kids) or element.role in _CELLS


def _chain(parent: Any, children: list[Any]) -> None:
    for before, after in pairwise(children):
        before.Next, after.Prev = after, before
    parent.First, parent.Last = children[0], children[-1]


def _rectangle(place: Rectangle) -> Any:
    return Array([_width(side) for side in (place.left, place.bottom, place.right, place.top)])


def _width(value: float) -> Any:
    """A number with at most three decimals, as an integer where it is one."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else Decimal(str(rounded))


def _to_unicode(used: Used) -> bytes:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3): what a reader copies for each CID."""
    pairs = []
    for (_glyph, text), cid in used.cids.items():
        # A further glyph of a cluster says nothing by itself; the cluster's ActualText says it all.
        pairs.append(f"<{cid:04X}> <{(text or chr(0x200B)).encode('utf-16-be').hex().upper()}>")
    blocks = []
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        blocks.append(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar")
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        + "\n".join(blocks)
        + "\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
