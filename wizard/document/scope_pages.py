"""What was assessed, exactly as probed: hosts and the addresses they had, who agreed to it, and what was only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from wizard.document.book import Book, Column, bold_and_quiet, nothing, texts
from wizard.document.findings import all_seen, holds_back, items
from wizard.document.layout import Cell, Figure, Row
from wizard.document.pen import Pen
from wizard.document.requirements import scoping
from wizard.document.tags import Element
from wizard.document.text import Span, Style, measure, wrap
from wizard.document.theme import BAR, BLUE, BOLD, GREEN, HAIRLINE, INK, LABEL, MONO, MUTED, PX, TEXT, WHITE
from wizard.document.words import _, clock, day, listed, moment, month, ngettext, short_day
from wizard.domain.attestation import Attestation, Consent, ShownControl
from wizard.domain.observation import Method, Result
from wizard.domain.scope import Host


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was done at one host."""

    checks: tuple[str, ...]
    results: tuple[Result, ...]


def scope(book: Book) -> None:
    """The scope's chapter."""
    a = book.attestation
    count = sum(len(addresses) for _subject, addresses in a.addresses)
    intro = _("{hosts} and {addresses} were contacted. Nothing outside this page was contacted.").format(
        hosts=ngettext("{n} host", "{n} hosts", len(a.hosts)).format(n=len(a.hosts)),
        addresses=ngettext("{n} address", "{n} addresses", count).format(n=count),
    )
    section = book.chapter(_("Scope, exactly as probed"), "scope", intro)
    _hosts(book, section)
    _consent(book, section)
    _read_only(book, section)
    if not holds_back(a, "item"):
        _when(book, section)
    if a.scope_statement:
        book.flow.add([book.heading(_("The scope in the partner’s words"), section)])
        book.flow.add([book.text(Span(a.scope_statement, TEXT), section)])
    _particulars(book, section)
    if a.scoping:
        book.flow.add([book.heading(_("Scoping answers"), section, "scoping")])
        scoping(book, section)


def _looked_at(attestation: Attestation) -> dict[str, _Looked]:
    by_subject: dict[str, dict[tuple[str, str], Result]] = {}
    for item in (*items(attestation), *attestation.scoping):
        for seen in all_seen(item):
            result = seen.result
            if result.method is Method.TEST:
                by_subject.setdefault(result.subject, {})[result.check, result.rule] = result
    return {
        subject: _Looked(tuple(sorted({check for check, _rule in found})), tuple(found.values()))
        for subject, found in by_subject.items()
    }


def _hosts(book: Book, section: Element) -> None:
    a = book.attestation
    addresses = dict(a.addresses)
    looked = _looked_at(a)
    columns = (
        Column(_("Host and purpose"), 234 * PX),
        Column(_("Addresses"), 150 * PX),
        Column(_("Looked at"), 90 * PX),
        Column(_("When (UTC)"), 90 * PX),
        Column(_("Network"), book.width - 564 * PX),
    )
    held = holds_back(a, "item") > 0
    rows = []
    for host in a.hosts:
        seen = looked.get(host.subject)
        network = [[Span(_("public") if host.public else _("not public"), TEXT)]]
        if host.private_network:
            network = [[Span(_("private, allowed for this row"), BOLD)]]
        found = addresses.get(host.subject, ())
        rows.append(
            (
                bold_and_quiet(host.subject, _purpose(host)),
                [[Span(address, MONO)] for address in found] or [[Span(_("none: not contacted"), MUTED)]],
                _number(seen, held),
                _times(seen if not held else None),
                network,
            )
        )
    book.table(section, columns, rows, heading=book.heading(_("Hosts and addresses"), section))
    missing = sorted(set(addresses) - {host.subject for host in a.hosts})
    for subject in missing:
        spans = [Span(f"{subject}: ", BOLD), Span(", ".join(addresses[subject]), MONO)]
        book.flow.add([book.text(spans, section, above=4 * PX)])
    if held:
        words_of = _("What was looked at, and when, is held back with the requirements that it belongs to.")
        book.flow.add([book.text(Span(words_of, MUTED), section, above=8 * PX)])
    elif looked:
        _checks(book, section, looked)


def _number(looked: _Looked | None, held: bool) -> list[list[Span]]:
    if held:
        return [[Span(_("held back"), MUTED)]]
    if looked is None:
        return [[Span(_("nothing"), MUTED)]]
    return texts(ngettext("{n} check", "{n} checks", len(looked.checks)).format(n=len(looked.checks)))


def _checks(book: Book, section: Element, looked: dict[str, _Looked]) -> None:
    """By which checks: most hosts are looked at by the same ones, so each set stands once."""
    sets: dict[tuple[str, ...], list[str]] = {}
    for host in book.attestation.hosts:
        if host.subject in looked:
            sets.setdefault(looked[host.subject].checks, []).append(host.subject)
    columns = (Column(_("Hosts"), 234 * PX), Column(_("Looked at by the checks"), book.width - 234 * PX))
    rows = []
    for checks, hosts in sets.items():
        every = len(hosts) > 1 and len(sets) == 1 and len(hosts) == len(book.attestation.hosts)
        who = [[Span(_("all hosts"), BOLD)]] if every else [[Span(host, BOLD)] for host in hosts]
        rows.append((who, texts(", ".join(checks))))
    if rows:
        book.table(section, columns, rows, heading=book.heading(_("What was looked at"), section))


def _purpose(host: Host) -> str:
    owner = _("owned by {owner}").format(owner=host.owner) if host.owner else ""
    return ", ".join(filter(None, (host.purpose, host.environment, owner)))


def _times(looked: _Looked | None) -> list[list[Span]]:
    if looked is None:
        return [[Span("–", MUTED)]]
    first = min(result.at for result in looked.results)
    last = max(result.at for result in looked.results)
    if first.date() == last.date():
        until = f"{clock(first)}–{clock(last)}" if clock(first) != clock(last) else clock(first)
        return [[Span(day(first), TEXT)], [Span(until, MUTED)]]
    return [[Span(f"{short_day(first)}, {clock(first)}", TEXT)], [Span(f"– {short_day(last)}, {clock(last)}", MUTED)]]


def _consent(book: Book, section: Element) -> None:
    a = book.attestation
    by = a.scope_confirmed_by or nothing()
    when = moment(a.scope_confirmed_at) if a.scope_confirmed_at else ""
    columns = (
        Column(_("Run"), 110 * PX),
        Column(_("Targets that were agreed to be contacted"), book.width - 320 * PX),
        Column(_("Agreed by"), 210 * PX),
    )
    rows = [
        ([[Span(run, MONO)]], texts(", ".join(targets)) or [[Span(_("none"), MUTED)]], _who(by, when))
        for run, targets in a.runs
    ]
    if not rows:
        rows = [([[Span("–", MUTED)]], [[Span(_("Nothing was contacted."), MUTED)]], _who(by, when))]
    book.table(section, columns, rows, heading=book.heading(_("Consent"), section), row_heads=False)
    private = [host.subject for host in a.hosts if host.private_network]
    manner = _(
        "Only GET, HEAD and OPTIONS were sent, to the confirmed hosts and from this computer’s network. What another "
        "network would have seen, for instance behind a content network, is not part of this statement."
    )
    book.flow.add([book.text(Span(manner, MUTED), section, above=8 * PX)])
    for sentence in (*map(_control, a.controls), *map(_allowed, a.consents)):
        book.flow.add([book.text(Span(sentence, TEXT), section, above=4 * PX)])
    if private:
        words_of = _("Addresses of private networks were allowed for: {hosts}.").format(hosts=listed(private))
        book.flow.add([book.text(Span(words_of, BOLD), section, above=4 * PX)])


def _control(shown: ShownControl) -> str:
    how = _("a TXT record in the name service") if shown.how == "dns" else _("a file on the host")
    said = _("Control of {host} was shown by {how} ({place}) on {when}.").format(
        host=shown.host, how=how, place=shown.place, when=moment(shown.at)
    )
    return f"{said} {_('Noted by {name}.').format(name=shown.by)}" if shown.by else said


def _allowed(consent: Consent) -> str:
    parts = []
    if consent.probes:
        parts.append(_("active probes of {hosts}").format(hosts=listed(consent.probes)))
    if consent.data_ports:
        parts.append(_("knocking at data ports of {hosts}").format(hosts=listed(consent.data_ports)))
    if consent.customers:
        parts.append(_("reading as test customers of {hosts}").format(hosts=listed(consent.customers)))
    return _("Run {run} was also allowed, by {name} on {when}: {what}.").format(
        run=consent.run, name=consent.by or nothing(), when=moment(consent.at), what="; ".join(parts)
    )


def _who(by: str, when: str) -> list[list[Span]]:
    return [[Span(by, TEXT)], *([[Span(when, MUTED)]] if when else [])]


def _read_only(book: Book, section: Element) -> None:
    a = book.attestation
    if not a.repositories:
        return
    columns = (Column(_("Kind"), 110 * PX), Column(_("Name"), book.width - 330 * PX), Column(_("How"), 220 * PX))
    rows = [
        ([[Span(_("Repository"), MUTED)]], [[Span(name, BOLD)]], texts(_("read or said, not contacted")))
        for name in a.repositories
    ]
    book.table(section, columns, rows, heading=book.heading(_("Read or shown, not contacted"), section))


# -- when ---------------------------------------------------------------------------------------------------------


def _when(book: Book, section: Element) -> None:
    """A figure with a row for answers, evidence, looks and the signature, a column a day."""
    a = book.attestation
    said = {s.at.date() for item in items(a) for one in (item, *item.parts) for s in one.said if s.at}
    shown = {one.added_at.date() for one in a.evidence if one.added_at}
    seen = {s.result.at.date() for item in items(a) for s in all_seen(item) if s.result.method is Method.TEST}
    signed = {a.signed_at.date()}
    every = said | shown | seen | signed
    first, last = min(every), max(every)
    rows = (
        (_("Answers given"), said, WHITE),
        (_("Evidence received"), shown, BAR),
        (_("Machine looks"), seen, GREEN),
        (_("Signed"), signed, BLUE),
    )
    told = "; ".join(f"{name}: {_spans_of(days)}" for name, days, _ink in rows)
    heading = _("When, {start} to {end}").format(start=month(first), end=month(last))
    if month(first) == month(last):
        heading = _("When, {month}").format(month=month(first))
    element = section.add("Figure", alternative=told)
    height = 16 * PX * 5 + 8 * PX
    paint = _Timeline(book, rows, first, last)
    head = book.heading(heading, section)
    section.kids.remove(element)
    section.kids.append(element)
    figure = Figure(element, book.width, height, paint)
    book.flow.add([head, Row((Cell(0.0, (figure,)),))])
    book.flow.add([book.text(Span(told + ".", LABEL), section, above=4 * PX)])


def _spans_of(days: set[date]) -> str:
    if not days:
        return _("never")
    first, last = min(days), max(days)
    if first == last:
        return day(first)
    return _("{start} to {end}, on {n} days").format(start=day(first), end=day(last), n=len(days))


@dataclass(frozen=True, slots=True)
class _Timeline:
    book: Book
    rows: tuple[tuple[str, set[date], tuple[float, float, float]], ...]
    first: date
    last: date

    def __call__(self, pen: Pen, x: float, top: float) -> None:
        label = 134 * PX
        width = self.book.width - label
        total = (self.last - self.first).days + 1
        step = width / max(total, 12)
        line = 16 * PX
        for index in self._ticks(total, step):
            at = self.first + timedelta(days=index)
            words_of = str(at.day) if total <= 31 else short_day(at)
            self._word(pen, words_of, x + label + index * step, top, step if total <= 31 else 0.0)
            pen.upright(x + label + index * step, top + line, top + line * 5 + 4 * PX, 0.4, HAIRLINE)
        for row, (name, days, ink) in enumerate(self.rows, 1):
            y = top + row * line + 3 * PX
            self._word(pen, name, x, top + row * line, None)
            for start, length in _stretches(sorted(days)):
                left = x + label + (start - self.first).days * step
                stroke = INK if ink == WHITE else None
                pen.box(left + 0.5, y + 2 * PX, max(length * step - 1, 1.5), line * 0.55, fill=ink, stroke=stroke)

    def _ticks(self, total: int, step: float) -> list[int]:
        every = max(1, round(44 * PX / step)) if total > 31 else 1
        return list(range(0, total, every))

    def _word(self, pen: Pen, text: str, x: float, top: float, room: float | None) -> None:
        style = Style(TEXT.weight, 9 * PX, 16 * PX, LABEL.colour) if room is not None else TEXT
        spans = [Span(text, style)]
        shift = (room - measure(self.book.fonts, spans)) / 2 if room else 0.0
        pen.line(wrap(self.book.fonts, spans, 400.0)[0], x + shift, top, None)


def _stretches(days: list[date]) -> list[tuple[date, int]]:
    found: list[tuple[date, int]] = []
    for one in days:
        if found and found[-1][0] + timedelta(days=found[-1][1]) == one:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((one, 1))
    return found


def _particulars(book: Book, section: Element) -> None:
    """Everything that page 1 may have had to shorten, in full."""
    a = book.attestation
    book.flow.add([book.heading(_("Particulars, in full"), section, "particulars")])
    digest = Style(MONO.weight, 9 * PX, 16 * PX, INK)
    page = a.questionnaire_page
    link = page if page.startswith(("https://", "http://")) and " " not in page else ""
    read = ", " + _("read {date}").format(date=day(a.questionnaire_read_on))
    facts = [
        (_("Organisation"), [Span(a.organisation, TEXT)]),
        (_("Place"), [Span(a.place, TEXT)]),
        (_("Registration"), [Span(a.registration, TEXT)]),
        (_("Integration"), [Span(a.integration, TEXT)]),
        (_("Release"), [Span(a.release, TEXT)]),
        (_("Reviewer’s reference"), [Span(a.reference, TEXT)]),
        (_("Assessed"), [Span(f"{day(a.assessed_from)} – {day(a.assessed_to)}", TEXT)]),
        (_("Valid until"), [Span(day(a.valid_until), TEXT)]),
        (_("Questionnaire"), [Span(f"{a.questionnaire_title} ({a.questionnaire} {a.questionnaire_version})", TEXT)]),
        (_("Its digest"), [Span(a.questionnaire_digest, digest)]),
        (_("Source page"), [Span(page, TEXT, link), Span(read, MUTED)]),
        (_("Signatory"), [Span(a.signatory.name, BOLD)]),
        (_("Role"), [Span(a.signatory.role, TEXT)]),
        (_("Authority"), [Span(a.signatory.authority, TEXT)]),
        (_("E-mail"), [Span(a.signatory.email, TEXT)]),
        (_("Declaration"), [Span(a.declaration, TEXT)]),
        (_("Root of all items"), [Span(a.root, digest)]),
        (_("Made with"), [Span(a.generator, TEXT), Span(", " + _("layout {n}").format(n=a.layout), MUTED)]),
    ]  # fmt: skip
    if a.custom_questionnaire:
        facts.insert(9, (_("Custom"), [Span(_("This questionnaire is not one that Attestry ships."), BOLD)]))
    book.facts(section, [(name, spans) for name, spans in facts if spans[0].text])
    if a.fonts:
        book.facts(section, [(_("Fonts and libraries"), [Span(", ".join(a.fonts), MUTED)])])
