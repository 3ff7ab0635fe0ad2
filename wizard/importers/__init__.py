"""Reads other tools' reports into entries with severity, one file a format, chosen by content and never by name."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from wizard.domain.bulk import many_values
from wizard.domain.language import _
from wizard.formats import json, xml
from wizard.formats.malformed import Malformed
from wizard.importers import (
    bandit,
    burp,
    burp_ci,
    cloud_facts,
    code_scanners,
    cyclonedx,
    dependency_check,
    dependency_track,
    github,
    gitleaks,
    govulncheck,
    grype,
    language_audits,
    npm_audit,
    nuclei,
    osv_scanner,
    pages,
    pip_audit,
    prowler,
    retire,
    sarif,
    secret_scanners,
    semgrep,
    snyk,
    threat_models,
    trivy,
    zap,
)
from wizard.importers.base import Report, UnreadableReport
from wizard.importers.forms import Importer, JsonForm, TextForm, XmlForm
from wizard.importers.outline import Outline

#: By hand, because scanning for modules breaks frozen builds. The first that claims a file reads it.
IMPORTERS: tuple[Importer, ...] = (
    sarif.IMPORTER,
    zap.IMPORTER,
    burp.IMPORTER,
    burp_ci.IMPORTER,
    dependency_check.IMPORTER,
    github.IMPORTER,
    npm_audit.IMPORTER,
    cyclonedx.IMPORTER,
    trivy.IMPORTER,
    grype.IMPORTER,
    bandit.IMPORTER,
    language_audits.BUNDLER,
    language_audits.CARGO,
    language_audits.COMPOSER,
    semgrep.IMPORTER,
    osv_scanner.IMPORTER,
    snyk.IMPORTER,
    dependency_track.IMPORTER,
    pip_audit.IMPORTER,
    gitleaks.IMPORTER,
    secret_scanners.TRUFFLEHOG,
    secret_scanners.NOSEY_PARKER,
    secret_scanners.KINGFISHER,
    secret_scanners.DETECT_SECRETS,
    govulncheck.IMPORTER,
    nuclei.IMPORTER,
    retire.IMPORTER,
    code_scanners.BRAKEMAN,
    code_scanners.GOSEC,
    threat_models.DRAGON,
    threat_models.MICROSOFT,
    prowler.IMPORTER,
    cloud_facts.IMPORTER,
)

#: How gzip, ZIP, 7-Zip, xz and Zstandard begin; then PNG, JPEG and PDF.
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"%PDF-")

#: How many of the first bytes `recognise` should be given, and of the last bytes `read`.
HEAD, END = 64 * 1024, xml.END


def recognise(head: bytes) -> Importer | None:
    """Whose report begins with these bytes; None when it is nobody's known here. Never raises.

    A guess for offering to read the file: `read` decides with the whole of it.
    """
    start = _start(head)
    if start.startswith(("{", "[")):
        outline = Outline.of_head(start)
        return next((importer for importer, form in _json_forms() if form.claims(outline)), None)
    if start.startswith("<") and (root := xml.root(head)) is not None and root.name.lower() != "html":
        return next((importer for importer, form in _xml_forms() if form.claims(root)), None)
    return next((importer for importer, form in _text_forms() if form.claims(start)), None)


def read(stream: xml.Source, end: bytes = b"") -> Report:
    """The report in `stream`, read once from its first byte. Raises `UnreadableReport`, and nothing else.

    `end` are its last `END` bytes where they are at hand: XML that was cut short is then refused before it is read.
    """
    try:
        with many_values():
            return _read(stream, end)
    except Malformed as mistake:
        raise UnreadableReport(mistake.sentence) from None


def _read(stream: xml.Source, end: bytes) -> Report:
    head = stream.read(HEAD)
    start = _start(head)
    if not start:
        raise UnreadableReport(_("This file is empty. Export the report again."))
    if start.startswith(("{", "[")):
        return _read_json(head + stream.read(json.MAX_BYTES))
    if start.startswith("<") and not start[:512].lower().startswith(("<!doctype html", "<html")):
        return _read_xml(head, stream, end)
    return _read_text(start, head, stream)


def _read_json(data: bytes) -> Report:
    documents = json.documents(data)
    del data
    outline = Outline.of(documents)
    for _importer, form in _json_forms():
        if form.claims(outline):
            return form.read(documents)
    if documents == [[]]:
        raise UnreadableReport(
            _(
                "This is an empty list. Several tools write one when they find nothing, and it cannot be told which "
                "did: it shows nothing. Export the report as SARIF, which names its tool."
            )
        )
    raise UnreadableReport(
        _("This is JSON, but no report of a tool that is known here, so nothing can be concluded from it.")
    )


def _read_xml(head: bytes, stream: xml.Source, end: bytes) -> Report:
    root = xml.first(head)
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and xml.cut_short(root.name, end):
        raise UnreadableReport(_("This XML ends in the middle: the file was cut short. Export it again."))
    for _importer, form in _xml_forms():
        if form.claims(root):
            return form.read(_Again(head, stream))
    raise UnreadableReport(
        _("This is XML that begins with {name}, and no report of a tool that is known here.").format(
            name=repr(root.name[:60])
        )
    )


def _read_text(start: str, head: bytes, stream: xml.Source) -> Report:
    for _importer, form in _text_forms():
        if form.claims(start):
            data = head + stream.read(json.MAX_BYTES)
            if len(data) > json.MAX_BYTES:
                raise UnreadableReport(_("This file is larger than 64 MB, the most that is read of its kind."))
            return form.read(json.decoded(data))
    if start.startswith("<"):
        raise UnreadableReport(
            pages.sentence_for(start)
            or _("This is a web page and not a report. Export the report from the tool as XML or JSON.")
        )
    if head.startswith(_PACKED):
        raise UnreadableReport(_("This file is compressed. Unpack it and take the report inside."))
    if head.startswith(_PICTURES):
        raise UnreadableReport(
            _("This is a picture or a PDF: a person can read it, but no finding can be taken from it. Take the report.")
        )
    raise UnreadableReport(
        _(
            "This is no report that is known here; it may be a tool's log, or the message of a run that failed. "
            "Nothing can be concluded from it. Export the tool's report as JSON, XML or SARIF."
        )
    )


def _start(head: bytes) -> str:
    """The first characters, without mark and blanks; what cannot be read is replaced, because this only decides."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace").strip()
    return head.decode("utf-8-sig", "replace").strip()


def _json_forms() -> Iterator[tuple[Importer, JsonForm]]:
    return ((importer, form) for importer in IMPORTERS for form in importer.forms if isinstance(form, JsonForm))


def _xml_forms() -> Iterator[tuple[Importer, XmlForm]]:
    return ((importer, form) for importer in IMPORTERS for form in importer.forms if isinstance(form, XmlForm))


def _text_forms() -> Iterator[tuple[Importer, TextForm]]:
    return ((importer, form) for importer in IMPORTERS for form in importer.forms if isinstance(form, TextForm))


class _Again:
    """A stream whose beginning was read already, from its first byte."""

    def __init__(self, head: bytes, rest: xml.Source) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes at most; empty at the end."""
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._rest.read(size)
