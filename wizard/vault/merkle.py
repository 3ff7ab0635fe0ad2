"""One hash over all entries in their order (RFC 6962), so that one entry can be shown without the others."""

from __future__ import annotations

import hashlib


class Tree:
    """A growing Merkle tree (RFC 6962, 2.1): leaves and nodes are hashed with prefixes of their own."""

    def __init__(self) -> None:
        #: the whole subtrees so far, the largest first: (number of leaves, hash)
        self._whole: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more entry."""
        size, hash_ = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self._whole and self._whole[-1][0] == size:
            size, hash_ = size * 2, _node(self._whole.pop()[1], hash_)
        self._whole.append((size, hash_))

    def root(self) -> str:
        """The hash over all entries so far (hex)."""
        if not self._whole:
            return hashlib.sha256(b"").hexdigest()
        hash_ = self._whole[-1][1]
        for _size, left in reversed(self._whole[:-1]):
            hash_ = _node(left, hash_)
        return hash_.hex()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
