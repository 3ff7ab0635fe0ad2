"""The verifier without an installation: one offline HTML page, run in a real headless Chromium on every tampering."""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import date
from pathlib import Path

import pytest
from document_samples import Made, for_key, make, sample, small
from page_shape import in_page, shape
from test_document_disclosure import LEVELS, dishonest, numbered
from test_document_hostile import HOSTILE
from test_document_signing import ENCIPHER, LATER, certificate, short_key, stamped
from test_document_verify import (
    FOREIGN,
    TAMPERED,
    operators_changed,
    signed_again,
    strong_key,
)

from wizard.document.disclosure import commit, summarise
from wizard.document.verify import Outcome, verify
from wizard.domain.codec import to_json
from wizard.resources import asset

PAGE = asset("document", "verifier.html")
DRIVER = """
<pre id="out"></pre><script>
(async () => {
  const files = %s, out = {};
  for (const [name, data] of Object.entries(files)) {
    const verdict = await verifyBytes(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
    const place = document.createElement("div");
    show(place, verdict);
    out[name] = { ...verdict, data: verdict.data && verdict.data.organisation, shown: place.textContent,
      tags: [...new Set([...place.querySelectorAll("*")].map((node) => node.tagName))].sort() };
  }
  document.getElementById("out").textContent = JSON.stringify(out);
})();
</script>
"""


@pytest.fixture(scope="module")
def files(little: Made, made: Made) -> dict[str, bytes]:
    evil = small(organisation='<img src=x onerror="document.title=1"><b>x</b>')
    found = {"good": little.pdf, "long": made.pdf, "rsa": make(small(), strong_key()).pdf}
    found["evil"] = make(evil, little.key).pdf
    found["demonstration"] = make(small(demonstration=True), little.key).pdf
    found["issued"], found["time stamp"], found["long term"], found["archive"] = stamped(little.key)
    found |= {f"archive, {name}": change(found["archive"]) for name, change in LATER.items()}
    whole = commit(for_key(sample(), little.key), numbered())
    found["committed"] = make(whole, little.key).pdf
    found["summary"] = make(summarise(whole, LEVELS), little.key).pdf
    found |= dishonest(little.key)
    found["not for signing"] = make(small(), certificate(usage=ENCIPHER)).pdf
    found["validity over"] = make(small(valid_until=date(2026, 1, 2)), little.key).pdf
    found["not yet valid"] = make(small(), certificate(begins=2)).pdf
    found["short key"] = make(small(), short_key()).pdf
    found["pages differ"] = signed_again(little, operators_changed)
    found |= {f"hostile, {name}": attack(little) for name, attack in HOSTILE.items()}
    found |= {tamper.__name__: tamper(little) for tamper in TAMPERED}
    found |= {f"foreign {name}": data for name, data in FOREIGN.items() if name != "too large"}
    return found


@pytest.fixture(scope="module")
def verdicts(files: dict[str, bytes], tool_once, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What the page says of every file, in one run of the browser."""
    folder = tmp_path_factory.mktemp("verifier")
    data = json.dumps({name: base64.b64encode(pdf).decode() for name, pdf in files.items()})
    page = folder / "driver.html"
    page.write_text(PAGE.read_text(encoding="utf-8").replace("</body>", DRIVER % data + "</body>"), encoding="utf-8")
    said = tool_once(
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=60000",
        "--dump-dom",
        page.as_uri(),
    )
    found = re.search(r'<pre id="out">(.*?)</pre>', said, re.DOTALL)
    assert found, said[-2000:]
    return json.loads(html.unescape(found[1]))


@pytest.mark.slow
def test_the_page_and_the_program_agree_on_every_file(files, verdicts):
    for name, pdf in files.items():
        ours, theirs = verify(pdf), verdicts[name]
        if name == "pages differ":  # only rebuilding the pages can find this: rule 8 is never claimed by the page
            assert ours.outcome is Outcome.ALTERED
            assert (theirs["outcome"], theirs["content"]["state"]) == ("intact", "unknown")
            continue
        assert theirs["outcome"] == str(ours.outcome), (name, theirs["integrity"], ours.integrity)
        assert theirs["integrity"]["state"] == str(ours.integrity.state), name
        assert theirs["identity"]["state"] == str(ours.identity.state), name
        assert theirs["time"]["state"] == str(ours.time.state), name
        assert theirs["fingerprint"] == ours.fingerprint, name


@pytest.mark.slow
def test_the_page_never_says_that_it_checked_the_appearance(verdicts):
    assert all(verdict["content"]["state"] == "unknown" for verdict in verdicts.values())
    assert "Appearance not checked here" in verdicts["good"]["shown"]


@pytest.mark.slow
def test_the_page_shows_the_data_first_and_treats_nothing_as_markup(verdicts):
    shown = verdicts["good"]["shown"]
    assert shown.index("Northwind Sync B.V.") < shown.index("Unchanged since signing")
    assert "DATA-4" in verdicts["long"]["shown"]
    assert '<img src=x onerror="document.title=1">' in verdicts["evil"]["shown"]
    assert verdicts["evil"]["tags"] == verdicts["good"]["tags"]
    assert "PUBLIC SUMMARY" in verdicts["summary"]["shown"]
    assert "Test Time Stamps" in verdicts["time stamp"]["time"]["sentence"]
    assert "DEMONSTRATION" in verdicts["demonstration"]["shown"]
    assert "Do not rely on these data" in verdicts["signature_removed"]["shown"]


def test_the_page_holds_everything_it_needs_and_reaches_out_to_nothing():
    text = PAGE.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"\b(src|href)\s*=", text)
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|import|eval|Function|innerHTML|outerHTML)\b", text)
    assert Path(PAGE).stat().st_size < 60_000


def test_the_page_knows_the_shape_of_the_data_as_the_program_does():
    assert in_page(PAGE.read_text(encoding="utf-8")) == shape()


def test_every_key_that_the_page_reads_by_name_is_in_the_data():
    text = PAGE.read_text(encoding="utf-8")
    whole = commit(sample(demonstration=True, custom_questionnaire=True), numbered())
    data = to_json(summarise(whole, {}))
    assert isinstance(data, dict)
    named = set(re.findall(r"\bdata(?:\.value)?\.(\w+)", text)) - {"value", "digest"}
    named |= set(re.findall(r'\["[A-Z][\w ]+", "(\w+)"\]', text))
    assert named > {"organisation", "declaration", "groups", "hosts", "signatory"}
    assert named <= set(data)
