"""Reads a PDF's words back in content order, by its own ToUnicode maps and ActualText; decoration is left out."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf

from wizard.document.fonts import invisible
from wizard.document.text import plain


def reading(pdf: bytes, artifacts: bool = False) -> list[str]:
    """The words of each page; only the running heads and decoration with `artifacts`."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [_page(page, artifacts) for page in opened.pages]


def bare(text: str) -> str:
    """Text without white space and characters that have no picture, as it is drawn."""
    return "".join(c for c in plain(text) if not c.isspace() and not invisible(c))


def whole(pdf: bytes) -> str:
    return bare("".join(reading(pdf)))


def _page(page: pikepdf.Page, artifacts: bool) -> str:
    fonts = {name: _to_unicode(font) for name, font in page.obj.Resources.Font.items()}
    words: list[str] = []
    stack: list[str] = []
    font: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "BDC":
                actual = operands[1].get("/ActualText") if isinstance(operands[1], pikepdf.Dictionary) else None
                stack.append("actual" if actual is not None else str(operands[0]))
                if actual is not None and ("/Artifact" in stack) == artifacts:
                    words.append(str(actual))
            case "BMC":
                stack.append(str(operands[0]))
            case "EMC":
                stack.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case "Tj" if "actual" not in stack and ("/Artifact" in stack) == artifacts:
                codes = bytes(operands[0])
                words.append("".join(font[int.from_bytes(codes[i : i + 2], "big")] for i in range(0, len(codes), 2)))
            case "ET":
                words.append("\n")
    assert not stack
    return "".join(words)


def _to_unicode(font: pikepdf.Object) -> dict[int, str]:
    found = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", font.ToUnicode.read_bytes())
    return {int(cid, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for cid, text in found if len(cid) == 4}
