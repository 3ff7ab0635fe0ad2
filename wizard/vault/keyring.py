"""The computer's own keyring: a convenience that opens the workspace without asking, never the only way in.

Every answer is a state with its sentence; nothing here raises, and nothing waits longer than its time limit.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never

from wizard.domain.language import _

SERVICE = "Attestry"
#: Only these keep a secret from other users; anything else (clear-text files, "null") is refused.
TRUSTED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


class State(Enum):
    """How the keyring answered."""

    WORKS = "works"
    ABSENT = "absent"
    UNTRUSTED = "untrusted"
    LOCKED = "locked"
    SLOW = "slow"
    FORGETS = "forgets"
    EMPTY = "empty"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Reply:
    """A state, and the secret where one was asked for and is there."""

    state: State
    secret: bytes | None = None

    def __repr__(self) -> str:
        return f"Reply({self.state.value})"

    @property
    def works(self) -> bool:
        """True when the keyring did what was asked."""
        return self.state is State.WORKS

    @property
    def sentence(self) -> str:
        """What the state means, for people."""
        match self.state:
            case State.WORKS:
                return _("The keyring of this computer works.")
            case State.ABSENT:
                return _("This computer has no keyring running.")
            case State.UNTRUSTED:
                return _("The keyring of this computer would keep secrets in clear or not at all, so it is not used.")
            case State.LOCKED:
                return _("The keyring of this computer is locked or refused.")
            case State.SLOW:
                return _("The keyring of this computer did not answer in time.")
            case State.FORGETS:
                return _("The keyring of this computer does not keep what it is given, so it is not used.")
            case State.EMPTY:
                return _("The keyring of this computer holds no key for this workspace.")
            case State.ALTERED:
                return _("What the keyring of this computer holds for this workspace is not what was put there.")
        assert_never(self.state)


def _installed() -> Any:
    import keyring

    return keyring.get_keyring()


class Keyring:
    """The keyring of this computer, or the one that `find` gives.

    `trusted` are full class names; `patience` is in seconds for each call. A call that hangs is left behind on its
    own thread: the bus may ask the person something that nobody answers. After that this object asks no more.
    """

    def __init__(
        self,
        find: Callable[[], Any] = _installed,
        *,
        trusted: frozenset[str] = TRUSTED,
        patience: float = 4.0,
    ) -> None:
        self._find = find
        self._trusted = trusted
        self._patience = patience
        self._gave_up = False

    def available(self) -> Reply:
        """Is there a keyring that may be trusted? Touches no secret and asks the person nothing."""
        return self._call(lambda backend: Reply(State.WORKS))

    def probe(self) -> Reply:
        """Does it keep what it is given? Writes a random value, reads it back, removes it."""
        name, value = f"probe-{secrets.token_hex(8)}", secrets.token_urlsafe(32)

        def work(backend: Any) -> Reply:
            backend.set_password(SERVICE, name, value)
            kept = backend.get_password(SERVICE, name)
            if not isinstance(kept, str) or not hmac.compare_digest(kept.encode(), value.encode()):
                return Reply(State.FORGETS)
            backend.delete_password(SERVICE, name)
            return Reply(State.WORKS)

        return self._call(work)

    def put(self, name: str, secret: bytes) -> Reply:
        """Keep a secret and read it back; 32 bytes fit everywhere (Windows takes 1,280 characters)."""

        def work(backend: Any) -> Reply:
            backend.set_password(SERVICE, name, base64.b64encode(secret).decode("ascii"))
            kept = _decoded(backend.get_password(SERVICE, name))
            return Reply(State.WORKS if kept.secret == secret else State.FORGETS)

        return self._call(work)

    def get(self, name: str) -> Reply:
        """The secret kept under that name; EMPTY when there is none."""
        return self._call(lambda backend: _decoded(backend.get_password(SERVICE, name)))

    def forget(self, name: str) -> Reply:
        """Remove the secret; removing what is not there works too."""

        def work(backend: Any) -> Reply:
            if backend.get_password(SERVICE, name) is not None:
                backend.delete_password(SERVICE, name)
            return Reply(State.WORKS)

        return self._call(work)

    def _call(self, work: Callable[[Any], Reply]) -> Reply:
        if self._gave_up:
            return Reply(State.SLOW)
        replies: list[Reply] = []

        def run() -> None:
            replies.append(self._work(work))

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._patience)
        self._gave_up = not replies
        return replies[0] if replies else Reply(State.SLOW)

    def _work(self, work: Callable[[Any], Reply]) -> Reply:
        try:
            backend, state = self._backend()
            return work(backend) if backend is not None else Reply(state)
        except Exception as error:
            return Reply(_state_of(error))

    def _backend(self) -> tuple[Any, State]:
        """The trusted back end, or why there is none. A chain of back ends is searched for its first trusted one."""
        found = self._find()
        chain = getattr(found, "backends", None)
        candidates = list(chain) if _name(found) == "keyring.backends.chainer.ChainerBackend" and chain else [found]
        for backend in candidates:
            if _name(backend) in self._trusted:
                if _name(backend) == "keyring.backends.Windows.WinVaultKeyring":
                    backend.persist = "local machine"  # the default roams to other computers
                return backend, State.WORKS
        absent = _name(candidates[0]) == "keyring.backends.fail.Keyring"
        return None, State.ABSENT if absent else State.UNTRUSTED


def _name(backend: Any) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _decoded(kept: Any) -> Reply:
    if kept is None:
        return Reply(State.EMPTY)
    try:
        return Reply(State.WORKS, base64.b64decode(kept, validate=True))
    except (binascii.Error, ValueError, TypeError):
        return Reply(State.ALTERED)


def _state_of(error: Exception) -> State:
    """Missing service is ABSENT; everything else (locked, prompt dismissed, access denied) is LOCKED."""
    return State.ABSENT if type(error).__name__ == "NoKeyringError" else State.LOCKED
