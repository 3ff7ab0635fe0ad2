"""Where the engine does not look by itself, or not in this form: a secret there is found, or the gap is said."""

from __future__ import annotations

import base64
import gzip
import random
import string
import time
import zlib
from email.message import EmailMessage
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from wizard.checks.code import hidden
from wizard.checks.code.coverage import GapKind
from wizard.checks.code.leak import Masker, Tier

MADE = random.Random(11)
LETTERS = string.ascii_letters + string.digits
TOKEN = "gh" + "p_" + "".join(MADE.choices(LETTERS, k=36))
LONG = "".join(MADE.choices(LETTERS, k=43))
WORD = "Tz" + "".join(MADE.choices(LETTERS, k=8)) + "!7q"
HEX = "".join(MADE.choices("0123456789abcdef", k=64))
BYTES = bytes(MADE.randrange(1, 256) for _n in range(3000))


def chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)


def mail(encoding: str, attached: bytes = b"") -> bytes:
    message = EmailMessage()
    message["Subject"] = "access"
    message.set_content(
        f"Hello,\nthe token is {TOKEN if not attached else 'attached'}, {'keep it well ' * 9}\n", cte=encoding
    )
    if attached:
        message.add_attachment(attached, maintype="application", subtype="octet-stream", filename="notes.bin")
    return bytes(message)


TOKEN_LINE = f"token {TOKEN} of the build\n".encode()
PLACES: dict[str, tuple[str, bytes]] = {
    "package-lock.json": (TOKEN, f'{{"resolved": "git+https://{TOKEN}@github.com/a/b.git"}}'.encode()),
    "yarn.lock": (TOKEN, TOKEN_LINE),
    "go.sum": (TOKEN, TOKEN_LINE),
    "gradlew": (TOKEN, TOKEN_LINE),
    "logo.svg": (TOKEN, b"<svg><!-- " + TOKEN_LINE + b"--></svg>"),
    "comment.png": (TOKEN, b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"Comment\x00" + TOKEN_LINE)),
    "packed.png": (TOKEN, b"\x89PNG\r\n\x1a\n" + chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(TOKEN_LINE))),
    "jquery.min.js": (TOKEN, b"var t='" + TOKEN.encode() + b"'"),
    "Shop.dll": (TOKEN, b"MZ\x90\x00" + BYTES + f"token={TOKEN}".encode("utf-16-le") + BYTES),
    "user-data.tf": (TOKEN, b'user_data = "' + base64.b64encode(gzip.compress(TOKEN_LINE)) + b'"'),
    "release.yaml": (TOKEN, b"data:\n  release: " + base64.b64encode(base64.b64encode(gzip.compress(TOKEN_LINE)))),
    "wrapped.eml": (TOKEN, mail("base64")),
    "quoted.eml": (TOKEN, mail("quoted-printable")),
    "attached.eml": (TOKEN, mail("7bit", gzip.compress(TOKEN_LINE))),
    "folded.yml": (WORD, f"password: >-\n  {WORD}\n".encode()),
    "block.yml": (LONG, f"client_secret: |\n    {LONG}\n".encode()),
    "allman.json": (WORD, f'{{"password":\n   "{WORD}"}}'.encode()),
    "post.sh": (LONG, f"curl -d client_secret={LONG} $URL\n".encode()),
    "app.log": (LONG, f"12:00 refresh_token={LONG} for user 7\n".encode()),
    "access.log": (LONG, f"GET /cb?next=https%3A%2F%2Fa.example%2F%3Faccess_token%3D{LONG}%26a%3D1 200\n".encode()),
    "escaped.js": (TOKEN, b"x = 1;\nt = 'a" + b"".join(b"\\x%02x" % each for each in f" {TOKEN} ".encode()) + b"';\n"),
    "escaped.json": (WORD, b'{"password": "' + b"".join(b"\\u%04X" % each for each in WORD.encode()) + b'"}'),
    "crypt.go": (HEX, f'aesKey, err := hex.DecodeString("{HEX}")\n'.encode()),
}


@pytest.mark.parametrize("name", PLACES)
def test_it_is_found(scan: Any, tmp_path: Any, name: str) -> None:
    secret, content = PLACES[name]
    assert secret.encode() not in content or name not in ("Shop.dll", "user-data.tf", "release.yaml", "wrapped.eml")
    (tmp_path / name).write_bytes(content)
    found = scan(tmp_path)
    assert Masker(b"k" * 32).fingerprint(secret) in {leak.fingerprint for leak in found.leaks}
    assert {leak.tier for leak in found.leaks} <= {Tier.A, Tier.B}
    assert found.coverage.complete


def test_escapes_are_read_in_their_line_and_only_where_words_are_written_so() -> None:
    word = b"".join(b"\\x%02X" % each for each in b"sesame-open")
    data = b"one\nkey = '" + word + b"'; other = '" + word + b"'\n" + b"x" * 300 + word + b"\n\\x00\\xff" * 40
    text, lines = hidden.spelt_out(data)
    assert text == b"key = 'sesame-open'; other = 'sesame-open'\n" + b"x" * 200 + b"sesame-open"
    assert lines == [2, 3]
    one, other = word, b"".join(b"\\x%02x" % each for each in b"y" * 90)
    beside, _lines = hidden.spelt_out(b"a = '" + one + b"', b = '" + other + b"'")
    assert b"y" * 90 in beside, "the second one reaches beyond what was taken with the first"
    began = time.process_time()
    hidden.spelt_out((one + b" " * 250) * 60_000)  # 17 MB in one line
    assert time.process_time() - began < 2
    assert hidden.spelt_out(b"\\x41\\x42 \\u0041 " * 500) == (b"", [])


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()])
def test_a_private_key_in_binary_is_one(scan: Any, tmp_path: Any, key: Any) -> None:
    (tmp_path / "server.key").write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    (leak,) = scan(tmp_path).leaks
    assert (leak.rule, leak.tier) == ("attestry.private-key-file", Tier.A)


@pytest.mark.parametrize(
    ("name", "content", "gap"),
    [
        ("a.jks", b"\xfe\xed\xfe\xed\x00\x00\x00\x02" + BYTES, GapKind.ENCRYPTED),
        ("a.kdbx", b"\x03\xd9\xa2\x9a" + BYTES, GapKind.ENCRYPTED),
        ("a.deb", b"!<arch>\ndebian-binary   1" + BYTES, GapKind.NOT_UNFOLDED),
        ("a.bundle", b"# v2 git bundle\n" + BYTES, GapKind.NOT_UNFOLDED),
        ("a.lzma", b"\x5d\x00\x00" + BYTES, GapKind.NOT_UNFOLDED),
        (
            "a.eml",
            b"MIME-Version: 1.0\n" + b"Content-Type: a; boundary=x\n\n--x\n" * 300 + b"\n" * 20_000,
            GapKind.NOT_UNFOLDED,
        ),
        ("a.parquet", b"PAR1" + BYTES, GapKind.NOT_UNFOLDED),
    ],
)
def test_what_nobody_can_open_is_said(scan: Any, tmp_path: Any, name: str, content: bytes, gap: GapKind) -> None:
    (tmp_path / name).write_bytes(content)
    assert [(each.kind, each.places) for each in scan(tmp_path).coverage.gaps] == [(gap, (name,))]


def test_a_store_of_keys_is_said(scan: Any, tmp_path: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    store = serialize_key_and_certificates(b"a", key, None, None, BestAvailableEncryption(b"x"))
    (tmp_path / "store.p12").write_bytes(store)
    assert [each.kind for each in scan(tmp_path).coverage.gaps] == [GapKind.ENCRYPTED]


def test_a_rule_that_goes_by_the_path_works_in_the_history_too(repository: Any, scan: Any) -> None:
    value = base64.b64encode(WORD.encode()).decode()
    repository.write("k8s.yaml", f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  token: {value}\n")
    repository.commit()
    (repository.root / "k8s.yaml").unlink()
    repository.commit("gone")
    assert any("kubernetes" in leak.rule for leak in scan(repository.root).leaks)


@pytest.mark.parametrize(("pieces", "complete"), [(200, True), (201, False)])
def test_more_that_is_packed_than_is_unpacked_is_said(scan: Any, tmp_path: Any, pieces: int, complete: bool) -> None:
    lines = [base64.b64encode(gzip.compress(f"nothing to see in number {n}".encode())) for n in range(pieces)]
    (tmp_path / "values.txt").write_bytes(b"\n".join(lines))
    assert scan(tmp_path).coverage.complete is complete


def test_a_piece_that_unpacks_to_too_much_is_said(scan: Any, tmp_path: Any) -> None:
    (tmp_path / "bomb.txt").write_bytes(base64.b64encode(gzip.compress(b"nothing " * 2**21)))
    assert [gap.kind for gap in scan(tmp_path).coverage.gaps] == [GapKind.NOT_UNFOLDED]


def test_words_behind_many_parts_of_a_picture_are_read(scan: Any, tmp_path: Any) -> None:
    words = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(TOKEN_LINE))
    (tmp_path / "long.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x") * 1000 + words)
    assert Masker(b"k" * 32).fingerprint(TOKEN) in {leak.fingerprint for leak in scan(tmp_path).leaks}
