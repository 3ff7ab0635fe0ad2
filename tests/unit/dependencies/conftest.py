"""OSV on loopback, and archives of its records."""

import json
import zipfile

import pytest
from osv_server import RECORDS, serving


@pytest.fixture
def osv():
    with serving() as served:
        yield served


@pytest.fixture
def archives(tmp_path):
    """A folder with the archives of npm and PyPI, as OSV publishes them."""
    for ecosystem in ("npm", "PyPI"):
        folder = tmp_path / "archives" / ecosystem
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for id, record in RECORDS.items():
                if any(each["package"]["ecosystem"] == ecosystem for each in record.get("affected", ())):
                    archive.writestr(f"{id}.json", json.dumps(record))
    return tmp_path / "archives"
