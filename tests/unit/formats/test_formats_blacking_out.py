"""Blacked out for good: nothing of what was marked is in what comes out, and nothing that hides beside the pixels."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from wizard.formats import blacking_out
from wizard.formats.blacking_out import BAR, Box, NotBlackedOut, Span, burn, text_of


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40), kind: str = "PNG", **more: object) -> bytes:
    """Every pixel another colour, so that any that is left can be told."""
    image = Image.new("RGB", size)
    image.putdata([(x * 4 % 256, y * 6 % 256, (x * y) % 251 + 4) for y in range(size[1]) for x in range(size[0])])
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("mode", "kind"), [("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("RGB", "JPEG")]
)
def test_what_is_marked_is_black_and_the_rest_is_as_it_was(mode: str, kind: str) -> None:
    data = picture(mode, kind=kind)
    out = burn(data, (Box(0.25, 0.25, 0.5, 0.75),), ())
    after, before = opened(out.data), opened(data).convert("RGB")
    assert after.size == (60, 40)
    assert after.format == kind
    assert out.places == 1
    part = after.convert("RGB").crop((15, 10, 30, 30))
    assert max(high for _low, high in part.getextrema()) <= (0 if kind == "PNG" else 12)
    if kind == "PNG":
        for x, y in ((0, 0), (59, 39), (40, 20), (5, 35)):
            assert after.getpixel((x, y)) == before.getpixel((x, y))


def test_no_metadata_no_second_frame_no_hidden_colour_goes_along() -> None:
    secret = b"CANARY-where-it-was-taken"
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", secret.decode())
    info.add_itxt("XML:com.adobe.xmp", secret.decode())
    exif = Image.Exif()
    exif[0x010E] = secret.decode()
    data = picture(pnginfo=info, exif=exif, icc_profile=secret * 9, dpi=(300, 300))
    assert secret in data
    # what stands behind the end of a picture is shown by nothing and kept by many
    for hidden in (data + secret, _with_chunk(data, b"prVt", secret)):
        out = burn(hidden, (Box(0, 0, 0.1, 0.1),), ())
        assert secret not in out.data
        assert not opened(out.data).info
    jpeg = burn(picture(kind="JPEG", exif=exif, comment=secret) + secret, (Box(0, 0, 0.1, 0.1),), ())
    assert secret not in jpeg.data
    assert set(opened(jpeg.data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    clear = Image.new("RGBA", (20, 20), (200, 10, 10, 0))
    clear.putpixel((5, 5), (1, 2, 3, 0))
    buffer = io.BytesIO()
    clear.save(buffer, "PNG")
    out = burn(buffer.getvalue(), (Box(0.9, 0.9, 1, 1),), ())
    assert opened(out.data).getpixel((5, 5)) == (255, 255, 255), "a transparent pixel keeps no colour"
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    out = burn(buffer.getvalue(), (Box(0.9, 0.9, 1, 1),), ())
    assert getattr(opened(out.data), "n_frames", 1) == 1
    assert b"fdAT" not in out.data


def _with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:33] + chunk + png[33:]


def test_a_turned_photo_is_marked_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # seen turned by a quarter
    out = burn(picture(exif=exif), (Box(0, 0, 0.5, 0.5),), ())
    after = opened(out.data)
    assert after.size == (40, 60)
    assert after.crop((0, 0, 20, 30)).getextrema() == ((0, 0),) * 3


@given(
    st.lists(
        st.tuples(*(st.floats(-0.5, 1.5, allow_nan=False) for _n in range(4))),
        min_size=1,
        max_size=5,
    )
)
def test_every_pixel_of_every_mark_is_black(boxes: list[tuple[float, float, float, float]]) -> None:
    marks = [Box(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in boxes]
    try:
        out = opened(burn(_SOME, marks, ()).data)
    except NotBlackedOut:
        return
    for mark in marks:
        for y in range(40):
            for x in range(60):
                touched = (
                    mark.left * 60 < x + 1 and mark.right * 60 > x and mark.top * 40 < y + 1 and mark.bottom * 40 > y
                )
                assert not touched or out.getpixel((x, y)) == (0, 0, 0)


_SOME = picture()


@pytest.mark.parametrize(
    "box", [Box(0.5, 0, 0.5, 1), Box(0, 0, float("nan"), 1), Box(2, 2, 3, 3), Box(0, float("-inf"), 1, 1)]
)
def test_a_mark_that_is_none_is_refused(box: Box) -> None:
    with pytest.raises(NotBlackedOut):
        burn(_SOME, (box,), ())


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"%PDF-1.7", b"\x89PNG\r\n\x1a\nbroken", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"\x00\x01"]
)
def test_what_cannot_be_blacked_out_is_a_sentence(data: bytes) -> None:
    with pytest.raises(NotBlackedOut) as refused:
        burn(data, (Box(0, 0, 1, 1),), ())
    assert refused.value.sentence


def test_a_bomb_of_a_picture_is_refused() -> None:
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    with pytest.raises(NotBlackedOut):
        burn(bomb + _SOME[33:], (Box(0, 0, 1, 1),), ())


def test_words_are_blacked_out_wherever_they_stand() -> None:
    text = "user=dana\r\npassword=hunter22\r\nagain: hunter22, and hunter2\n"
    shown = text_of(text.encode())
    at = shown.index("hunter22")
    out = burn(text.encode(), (), (Span(at, at + 8),))
    assert out.data.decode() == f"user=dana\npassword={BAR}\nagain: {BAR}, and hunter2\n"
    assert out.places == 2
    short = burn(b"pin 12 and 12", (), (Span(4, 6),))
    assert short.data.decode() == f"pin {BAR} and 12", "two digits stand in many places by chance"


@given(st.text(max_size=80), st.data())
def test_nothing_that_was_marked_is_left(text: str, data: st.DataObject) -> None:
    shown = text_of(("x" + text + "x").encode("utf-8", "replace"))
    start = data.draw(st.integers(0, len(shown) - 1))
    end = data.draw(st.integers(start + 1, len(shown)))
    out = burn(shown.encode(), (), (Span(start, end),)).data.decode()
    word = shown[start:end].strip()
    assert BAR in out
    if len(word) >= 4 and word not in BAR:
        assert word not in out.replace(BAR, "\ue000")


@pytest.mark.parametrize("span", [Span(0, 0), Span(-1, 2), Span(3, 2), Span(0, 99)])
def test_a_mark_outside_the_text_is_refused(span: Span) -> None:
    with pytest.raises(NotBlackedOut):
        burn(b"a few words", (), (span,))


def test_a_text_of_another_encoding_and_a_long_one() -> None:
    assert text_of("gr\u00fcn\r\nb".encode("utf-16")) == "gr\u00fcn\nb"
    assert text_of(b"a\x00b\x0cc") == "a\ufffdb\nc"
    with pytest.raises(NotBlackedOut):
        text_of(b"x" * (blacking_out.MAX_CHARACTERS + 1))
