"""Says how a repository authorises itself to Apollo: OAuth only, an API key, both, or nobody can tell."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from wizard.checks.code import checkout, containers
from wizard.checks.code.apollo_clues import INTERESTING, Clue, Evidence, FileClues, clues_in
from wizard.checks.code.coverage import Counting, Coverage, GapKind
from wizard.checks.code.engine import Stop
from wizard.checks.code.tree import is_bare, open_regular, shown, walk

#: Longer files are data, or programs that were packed: said, when they name an address of Apollo's.
_LARGEST = 1024 * 1024
_MOST = 500
_ADDRESS = re.compile(rb"(?:api|app|mcp)\.apollo\.io", re.I)


class ApolloVerdict(StrEnum):
    """How the code authorises itself."""

    OAUTH_ONLY = "oauth_only"
    API_KEY = "api_key"
    BOTH = "both"
    UNDETERMINED = "undetermined"
    NO_APOLLO_IO = "no_apollo_io"
    BAD_OAUTH = "bad_oauth"
    BAD_AUTH = "bad_auth"


class Note(StrEnum):
    """What else is worth saying."""

    NO_STATE = "no-state"
    NO_REFRESH = "no-refresh"
    FRONT_END_SECRET = "front-end-secret"  # noqa: S105
    KEY_IN_TESTS = "key-in-tests-or-documents"
    ANOTHER_APOLLO = "another-apollo"
    MCP = "mcp-server"
    ONLY_IN_COMMENTS = "only-in-comments-or-documents"
    KEY_ASKED = "asks-people-for-a-key"
    KEY_UNCLEAR = "key-header-of-unclear-use"
    PASSWORD_OF_A_USER = "password-of-a-user"  # noqa: S105


@dataclass(frozen=True, slots=True)
class ApolloScan:
    """The verdict, the notes and every line that led to them. `scopes` are those that the code asks for."""

    verdict: ApolloVerdict
    notes: tuple[Note, ...]
    evidence: tuple[Evidence, ...]
    scopes: tuple[str, ...]
    coverage: Coverage


_OAUTH = frozenset((Clue.AUTHORIZE_URL, Clue.TOKEN_URL, Clue.GRANT, Clue.CLIENT, Clue.BEARER))
_KEY = frozenset((Clue.KEY_HEADER, Clue.KEY_PARAMETER, Clue.KEY_NAME))


def scan_apollo(root: Path, stop: Stop | None = None) -> ApolloScan:
    """Read the files of a folder (not its history) and judge them together. Raises Stopped."""
    stop, counting = stop or Stop(), Counting()
    files: dict[str, FileClues] = {}
    bare = is_bare(root)
    for seen in () if bare else walk(root.absolute(), counting, stop, everything=False):
        stop.check()
        if seen.size > _LARGEST:
            if _names_apollo(seen.path, stop):
                counting.gap(GapKind.LARGE_FILE, shown(seen.name))
            continue
        try:
            with io.FileIO(open_regular(seen.path)) as file:
                data = file.read(_LARGEST + 1)
        except OSError:
            counting.gap(GapKind.UNREADABLE, shown(seen.name))
            continue
        counting.add(files=1, bytes=len(data))
        data = containers.as_utf8(data)
        if b"\x00" not in data[:8192] and INTERESTING.search(data):
            name = shown(seen.name)
            files[name] = clues_in(data.decode("utf-8", "replace"), name)
    for name in checkout.absent_submodules(root):
        counting.gap(GapKind.SUBMODULE, shown(name))
    if checkout.is_sparse(root):
        counting.gap(GapKind.SPARSE, "")
    if not counting.files:
        counting.gap(GapKind.NO_FILES, "")
    return _judge(files, counting.freeze())


def _names_apollo(path: str, stop: Stop) -> bool:
    """Whether a file that is too long to be read as a program names an address that programs call."""
    before = b""
    try:
        with io.FileIO(open_regular(path)) as file:
            while piece := file.read(_LARGEST):
                stop.check()
                if _ADDRESS.search(before + piece):
                    return True
                before = piece[-32:]
    except OSError:
        return True
    return False


def _judge(files: dict[str, FileClues], coverage: Coverage) -> ApolloScan:
    evidence = [each for clues in files.values() for each in clues.evidence]
    calls = any(clues.calls for clues in files.values())
    if calls:
        evidence += _constants_in_use(files)
    counted = [each for each in evidence if not each.aside]
    whats = {each.what for each in counted}
    another = any(each.what is Clue.OTHER_APOLLO for each in evidence)
    notes = []
    if not calls:
        # a key's name without any address: perhaps a library calls; never "no Apollo" and never a pass
        named = bool(whats & {Clue.KEY_NAME, Clue.CLIENT}) and not another
        verdict = ApolloVerdict.UNDETERMINED if named else ApolloVerdict.NO_APOLLO_IO
        if another:
            notes.append(Note.ANOTHER_APOLLO)
        if any(each.what in (Clue.HOST, Clue.MCP) for each in evidence):
            notes.append(Note.ONLY_IN_COMMENTS)
        if not named:
            counted = []
            evidence = [each for each in evidence if each.aside]
    else:
        verdict = _verdict(whats)
        notes += _notes(whats, evidence)
        if another:
            notes.append(Note.ANOTHER_APOLLO)
    shown_first = sorted(evidence, key=lambda each: (each.aside, _order(each.what), each.file, each.line))
    return ApolloScan(
        verdict=verdict,
        notes=tuple(dict.fromkeys(notes)),
        evidence=tuple(dict.fromkeys(shown_first))[:_MOST],
        scopes=tuple(dict.fromkeys(s for each in counted if each.what is Clue.SCOPE for s in each.detail.split())),
        coverage=coverage,
    )


def _verdict(whats: set[Clue]) -> ApolloVerdict:
    if Clue.USER_PASSWORD in whats and Clue.PASSWORD_GRANT not in whats:
        return ApolloVerdict.BAD_AUTH
    if Clue.PASSWORD_GRANT in whats or Clue.IMPLICIT_GRANT in whats:
        return ApolloVerdict.BAD_OAUTH
    oauth, key = bool(whats & _OAUTH), bool(whats & _KEY)
    if key:
        return ApolloVerdict.BOTH if oauth else ApolloVerdict.API_KEY
    if Clue.KEY_MAYBE in whats or Clue.KEY_ASKED in whats:
        return ApolloVerdict.UNDETERMINED  # never a pass on a doubt
    return ApolloVerdict.OAUTH_ONLY if oauth else ApolloVerdict.UNDETERMINED


def _notes(whats: set[Clue], evidence: list[Evidence]) -> list[Note]:
    notes = []
    if Clue.AUTHORIZE_URL in whats and Clue.STATE not in whats:
        notes.append(Note.NO_STATE)
    if Clue.TOKEN_URL in whats and Clue.REFRESH not in whats:
        notes.append(Note.NO_REFRESH)
    if Clue.FRONT_END_SECRET in whats:
        notes.append(Note.FRONT_END_SECRET)
    if Clue.KEY_ASKED in whats:
        notes.append(Note.KEY_ASKED)
    if Clue.KEY_MAYBE in whats:
        notes.append(Note.KEY_UNCLEAR)
    if Clue.MCP in whats:
        notes.append(Note.MCP)
    if Clue.USER_PASSWORD in whats:
        notes.append(Note.PASSWORD_OF_A_USER)
    if any(each.aside and each.what in _KEY for each in evidence):
        notes.append(Note.KEY_IN_TESTS)
    return notes


def _constants_in_use(files: dict[str, FileClues]) -> list[Evidence]:
    """The key's header defined in a file without hosts: used where Apollo is called, or of unclear use."""
    words = {word for clues in files.values() for word in clues.words}
    out: list[Evidence] = []
    for name, clues in files.items():
        used = any(constant in words for constant in clues.constants)
        out += [Evidence(name, line, Clue.KEY_HEADER if used else Clue.KEY_MAYBE) for line in clues.loose]
    return out


def _order(what: Clue) -> int:
    first = (Clue.USER_PASSWORD, Clue.PASSWORD_GRANT, Clue.IMPLICIT_GRANT, Clue.FRONT_END_SECRET, *sorted(_KEY))
    return first.index(what) if what in first else len(first) + list(Clue).index(what)
