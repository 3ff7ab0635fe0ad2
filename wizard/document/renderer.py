"""Names the program versions that decide the document's bytes, so that a verifier can tell a forgery from an update."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version

from wizard.resources import asset


@cache
def renderer() -> tuple[str, ...]:
    """For `Attestation.fonts`: the libraries with their versions, and a digest of all shipped fonts."""
    digest = sha256()
    for file in sorted(asset("fonts").glob("*.ttf")):
        digest.update(file.read_bytes())
    libraries = tuple(f"{name} {version(name)}" for name in ("reportlab", "pikepdf", "uharfbuzz"))
    return (*libraries, f"fonts {digest.hexdigest()[:16]}")
