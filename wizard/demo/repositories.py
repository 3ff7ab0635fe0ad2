"""Two small repositories of the demonstration's partner, written object by object, so that no git is needed.

Their libraries are as made up as the partner, and so is the list in which they are looked up.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

#: Clearly made up: it opens nothing anywhere.
PLANTED = "Northwind-Demonstration-7!"

_OAUTH = """import { config } from './config'

const APOLLO = 'https://app.apollo.io'

export function authorizeUrl(state: string): string {
  const query = new URLSearchParams({ client_id: config.clientId, response_type: 'code', state })
  return `${APOLLO}/#/oauth/authorize?${query}`
}

export async function tokens(code: string) {
  return post(`${APOLLO}/api/v1/oauth/token`, { grant_type: 'authorization_code', code })
}

export async function renew(refresh_token: string) {
  return post(`${APOLLO}/api/v1/oauth/token`, { grant_type: 'refresh_token', refresh_token })
}
"""
_OLD = f'DATABASE_USER = "crm"\nDATABASE_PASSWORD = "{PLANTED}"\n'
_NEW = 'import os\n\nDATABASE_USER = "crm"\nDATABASE_PASSWORD = os.environ["DATABASE_PASSWORD"]\n'
#: Ecosystem, name and version of what the partner uses, and the release in which its one known flaw was mended.
_FORMS = ("npm", "northwind-forms", "2.1.0", "2.0.4")
_RECORDS = ("PyPI", "northwind-records", "3.2.1", "3.1.0")
_PACKAGE = json.dumps({"name": "northwind-app", "dependencies": {_FORMS[1]: f"^{_FORMS[2]}"}})
_LOCK = json.dumps(
    {
        "lockfileVersion": 3,
        "packages": {"": json.loads(_PACKAGE), f"node_modules/{_FORMS[1]}": {"version": _FORMS[2]}},
    },
    indent=2,
)
_REQUIREMENTS = f"{_RECORDS[1]}=={_RECORDS[2]} \\\n    --hash=sha256:{'0' * 64}\n"


def lists(folder: Path, at: datetime) -> Path:
    """Write what is known of these libraries below `folder`, as OSV's archives are laid out, and return it."""
    for ecosystem, name, _used, mended in (_FORMS, _RECORDS):
        record = {
            "id": f"DEMO-{name}",
            "modified": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "summary": "Made up for the demonstration",
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
            "affected": [
                {
                    "package": {"ecosystem": ecosystem, "name": name},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": mended}]}],
                }
            ],
        }
        (folder / ecosystem).mkdir(parents=True)
        with zipfile.ZipFile(folder / ecosystem / "all.zip", "w") as archive:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return folder


def write(folder: Path, at: datetime) -> tuple[str, str]:
    """Make both below `folder` and return their paths: a clean one, and one whose history still holds a password."""
    app, api = folder / "northwind-app", folder / "northwind-api"
    _repository(app, ({"src/apollo.ts": _OAUTH, "package.json": _PACKAGE, "package-lock.json": _LOCK},), at)
    _repository(api, ({"settings.py": _OLD}, {"settings.py": _NEW, "requirements.txt": _REQUIREMENTS}), at)
    return str(app), str(api)


def _repository(root: Path, versions: tuple[dict[str, str], ...], at: datetime) -> None:
    """A repository with one commit a version; the last one lies in the work tree too."""
    git = root / ".git"
    for inside in ("objects", "refs/heads"):
        (git / inside).mkdir(parents=True)
    (git / "HEAD").write_bytes(b"ref: refs/heads/main\n")
    (git / "config").write_bytes(b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    commit = ""
    for version in versions:
        tree = _tree(git, version)
        who = f"Northwind Sync <dev@northwindsync.example> {int(at.timestamp())} +0000"
        parent = f"parent {commit}\n" if commit else ""
        commit = _put(git, "commit", f"tree {tree}\n{parent}author {who}\ncommitter {who}\n\nSettings\n".encode())
    (git / "refs/heads/main").write_bytes(f"{commit}\n".encode())
    for name, text in versions[-1].items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())


def _tree(git: Path, files: dict[str, str]) -> str:
    entries: dict[str, tuple[str, str]] = {}
    folders: dict[str, dict[str, str]] = {}
    for name, text in files.items():
        first, slash, rest = name.partition("/")
        if slash:
            folders.setdefault(first, {})[rest] = text
        else:
            entries[first] = ("100644", _put(git, "blob", text.encode()))
    for name, inside in folders.items():
        entries[name] = ("40000", _tree(git, inside))
    data = b"".join(f"{mode} {name}\x00".encode() + bytes.fromhex(id) for name, (mode, id) in sorted(entries.items()))
    return _put(git, "tree", data)


def _put(git: Path, kind: str, data: bytes) -> str:
    """Store one object as Git does and return its name."""
    whole = f"{kind} {len(data)}\x00".encode() + data
    id = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    place = git / "objects" / id[:2] / id[2:]
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(zlib.compress(whole))
    return id
