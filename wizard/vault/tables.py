"""The tables inside the sealed database."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

#: The journal in its order. `envelope` and `payload` are the exact RFC 8785 bytes that were hashed.
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("hash", sa.Text, nullable=False, unique=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("envelope", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("author", "sequence"),
)

#: Raw Ed25519 public keys by their SHA-256, so that a row proves itself.
AUTHORS = sa.Table(
    "authors",
    METADATA,
    sa.Column("author", sa.Text, primary_key=True),
    sa.Column("public", sa.LargeBinary, nullable=False),
)

#: Things sealed a second time; `epoch` says under which data key.
SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
