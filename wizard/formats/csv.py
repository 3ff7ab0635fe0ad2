"""Reads CSV of strangers (RFC 4180) row by row: every row has the columns of the first, or the file is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from wizard.domain.language import _
from wizard.formats.malformed import Malformed


def rows(page: str, needed: tuple[str, ...], delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Each row by the names of the first. Raises `Malformed`, also when one of the `needed` columns is missing."""
    reader = csv.DictReader(io.StringIO(page, newline=""), strict=True, delimiter=delimiter)
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise Malformed(_("This CSV lacks its column {name}. Export it again.").format(name=repr(missing[0])))
        for row in reader:
            if None in row or None in row.values():
                raise Malformed(
                    _("Line {n} of this CSV has other columns than its first. Export it again.").format(
                        n=reader.line_num
                    )
                )
            yield row
    except csv.Error:
        raise Malformed(_("This CSV is broken or was cut short. Export it again.")) from None
