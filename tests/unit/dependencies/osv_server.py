"""A server on loopback that answers as OSV's published interface says, or badly on request."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RECORDS = {
    "GHSA-aaaa": {
        "id": "GHSA-aaaa",
        "modified": "2026-11-20T00:00:00Z",
        "aliases": ["CVE-2026-1"],
        "summary": "Bad things",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [
            {
                "package": {"ecosystem": "npm", "name": "lodash"},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.17.21"}]}],
            }
        ],
    },
    "CVE-2026-1": {"id": "CVE-2026-1", "modified": "2026-11-20T00:00:00Z", "aliases": ["GHSA-aaaa"]},
    "PYSEC-1": {
        "id": "PYSEC-1",
        "modified": "2026-11-20T00:00:00Z",
        "aliases": ["CVE-2026-2"],
        "affected": [
            {
                "package": {"ecosystem": "PyPI", "name": "Django"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "4.0"}, {"last_affected": "4.2"}]}],
            }
        ],
    },
    "CVE-2026-2": {
        "id": "CVE-2026-2",
        "modified": "2026-11-20T00:00:00Z",
        "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}],
    },
    "MAL-2026-1": {
        "id": "MAL-2026-1",
        "modified": "2026-11-20T00:00:00Z",
        "affected": [{"package": {"ecosystem": "npm", "name": "evil"}, "versions": ["1.0.0"]}],
    },
    "GHSA-gone": {
        "id": "GHSA-gone",
        "modified": "2026-11-20T00:00:00Z",
        "withdrawn": "2026-11-21T00:00:00Z",
        "affected": [{"package": {"ecosystem": "npm", "name": "fine"}, "versions": ["1.0.0"]}],
    },
    "GHSA-mute": {
        "id": "GHSA-mute",
        "modified": "2026-11-20T00:00:00Z",
        "affected": [{"package": {"ecosystem": "npm", "name": "mute"}, "versions": ["1.0.0"]}],
    },
}
HITS = {
    ("npm", "lodash", "4.17.20"): ["GHSA-aaaa", "CVE-2026-1"],
    ("PyPI", "django", "4.2"): ["PYSEC-1"],
    ("npm", "evil", "1.0.0"): ["MAL-2026-1"],
    ("npm", "fine", "1.0.0"): ["GHSA-gone"],
    ("npm", "mute", "1.0.0"): ["GHSA-mute"],
}


class Served:
    """What was asked, and how to answer: "" well, else the name of a fault; `faults_left` of them, then well."""

    def __init__(self):
        self.asked = []
        self.fault = ""
        self.faults_left = 10**9
        self.archives = Path("/nowhere")
        self.url = ""
        self.over = threading.Event()


@contextmanager
def serving():
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *about):
            pass

        def answer(self, body, status=200, kind="application/json", **headers):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def faulty(self):
            if not served.fault or served.faults_left <= 0:
                return False
            served.faults_left -= 1
            match served.fault:
                case "portal":
                    self.answer(b"<html>Please sign in</html>", kind="text/html")
                case "redirect":
                    self.answer(b"", 302, Location="http://127.0.0.1:1/login")
                case "fewer":
                    self.answer({"results": []})
                case "truncated":
                    self.answer(b'{"results": [{}')
                case "cut":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"results": [')
                    self.close_connection = True
                case "busy":
                    self.answer({}, 429, Retry_After="0")
                case "refused":
                    self.answer({"code": 3}, 400)
                case "slow":
                    served.over.wait(30)
                    self.close_connection = True
                case "endless":
                    self.answer({"results": [{"next_page_token": "again"}]})
            return True

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            served.asked.append(("POST", self.path, body))
            if self.faulty():
                return
            results = []
            for query in body["queries"]:
                package = query.get("package", {})
                ids = HITS.get((package.get("ecosystem"), package.get("name"), query.get("version")), [])
                paged = len(ids) > 1 and "page_token" not in query
                ids = ids[:1] if paged else ids[1:] if "page_token" in query else ids
                result = {"vulns": [{"id": id, "modified": RECORDS[id]["modified"]} for id in ids]} if ids else {}
                results.append(result | ({"next_page_token": "two"} if paged else {}))
            self.answer({"results": results})

        def do_GET(self):
            served.asked.append(("GET", self.path, None))
            if self.path.endswith("/all.zip"):
                archive = served.archives / self.path.strip("/").replace("%20", " ")
                self.answer(archive.read_bytes() if archive.exists() else b"", 200 if archive.exists() else 404)
            elif not self.faulty():
                record = RECORDS.get(self.path.rpartition("/")[2])
                self.answer(record or {"code": 5}, 200 if record else 404)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
