"""The document's description of itself, in the two places where readers look for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from wizard.document.words import _

if TYPE_CHECKING:
    from wizard.document.book import Book

NAMESPACE = "https://attestry.example/ns/document/1/"
PRODUCER = "Attestry, reportlab, pikepdf"

#: PDF/A wants every property outside the standard's own lists to be declared (ISO 19005-3, 6.6.2.3).
_SCHEMA = """<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>{name}</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property>
</rdf:li>"""
_PROPERTY = """<rdf:li rdf:parseType="Resource">
<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>{kind}</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>{about}</pdfaProperty:description>
</rdf:li>"""


@dataclass(frozen=True, slots=True)
class Description:
    """Title, author and so on, the digest of the attached data included."""

    title: str
    author: str
    subject: str
    creator: str
    producer: str
    language: str
    at: datetime
    digest: str
    layout: int

    @classmethod
    def of(cls, book: Book, attached: bool = True) -> Description:
        """What this document says of itself; without the data `attached` it is a print and no attestation."""
        a = book.attestation
        title = _("Security attestation: {integration}, release {release}")
        if a.summary:
            title = _("Public security summary: {integration}, release {release}")
        if not attached:
            title = _("What changed: {integration}, release {release}")
        return cls(
            title=clean(title.format(integration=a.integration, release=a.release)),
            author=clean(a.organisation),
            subject=clean(
                _("{questionnaire}, version {version}").format(
                    questionnaire=a.questionnaire_title, version=a.questionnaire_version
                )
            ),
            creator=clean(a.generator),
            producer=PRODUCER,
            language=a.language,
            at=a.signed_at,
            digest=book.digest if attached else "",
            layout=a.layout,
        )

    def packet(self) -> bytes:
        """The XMP packet (ISO 16684-1)."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        own = "".join(
            _PROPERTY.format(name=name, kind=kind, about=about)
            for name, kind, about in (
                ("dataSHA256", "Text", "SHA-256 of the attached attestation.json"),
                ("layout", "Integer", "The number of the layout that the pages follow"),
            )
        )
        ours = (
            f"""<attestry:dataSHA256>{self.digest}</attestry:dataSHA256>
<attestry:layout>{self.layout}</attestry:layout>
"""
            if self.digest
            else ""
        )
        schema = _SCHEMA.format(name="Attestry", uri=NAMESPACE, prefix="attestry", properties=own) if ours else ""
        namespace = f' xmlns:attestry="{NAMESPACE}"' if ours else ""
        ua = _PROPERTY.format(name="part", kind="Integer", about="Part of ISO 14289 that the file is built to")
        text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"{namespace}>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(self.title)}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(self.subject)}</rdf:li></rdf:Alt></dc:description>
<dc:creator><rdf:Seq><rdf:li>{escape(self.author)}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{escape(self.language)}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{escape(self.creator)}</xmp:CreatorTool>
<xmp:CreateDate>{at}</xmp:CreateDate>
<xmp:ModifyDate>{at}</xmp:ModifyDate>
<xmp:MetadataDate>{at}</xmp:MetadataDate>
<pdf:Producer>{escape(self.producer)}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
{ours}</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag>
{_SCHEMA.format(name="PDF/UA identification", uri="http://www.aiim.org/pdfua/ns/id/", prefix="pdfuaid", properties=ua)}
{schema}
</rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
        return text.encode("utf-8")


def clean(text: str) -> str:
    """One line without characters that XML 1.0 cannot hold, at most 300 long: the full text is on the pages."""
    kept = "".join(c if c.isprintable() and c not in "\ufffe\uffff" else " " for c in text)
    return " ".join(kept.split())[:300]


def pdf_date(at: datetime) -> str:
    """A date as PDF writes it (ISO 32000-1, 7.9.4)."""
    return at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
