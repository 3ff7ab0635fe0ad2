"""GitHub and Bitbucket on loopback, with answers in the form of their published interfaces, and faults on request."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEPENDABOT = """version: 2
updates:
  - package-ecosystem: npm
    directory: /
    schedule:
      interval: weekly
"""
WORKFLOW = """name: scan
on:
  schedule:
    - cron: "0 4 * * 1"
  push:
jobs:
  scan:
    steps:
      - uses: github/codeql-action/analyze@v3
      - run: npm audit  # not trivy
"""
PIPELINES = """image: node:20
pipelines:
  default:
    - step:
        script:
          - pipe: snyk/snyk-scan:1.0.1
"""


def file(content):
    return {"type": "file", "encoding": "base64", "content": base64.encodebytes(content.encode()).decode()}


def alert(number, severity):
    return {
        "number": number,
        "state": "open",
        "created_at": f"2026-11-{number:02}T08:00:00Z",
        "security_vulnerability": {"severity": severity},
    }


R = "/repos/northwind/sync"
GITHUB = {
    R: {
        "default_branch": "main",
        "private": True,
        "security_and_analysis": {
            "secret_scanning": {"status": "enabled"},
            "secret_scanning_push_protection": {"status": "disabled"},
        },
    },
    f"{R}/dependabot/alerts": [[alert(5, "high"), alert(9, "low")], [alert(2, "critical")]],
    f"{R}/code-scanning/alerts": [[]],
    f"{R}/secret-scanning/alerts": (403, {"message": "Secret scanning is disabled on this repository."}),
    f"{R}/branches/main/protection": {
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "required_status_checks": {"contexts": ["build"]},
        "enforce_admins": {"enabled": True},
        "allow_force_pushes": {"enabled": False},
    },
    f"{R}/rules/branches/main": [[{"type": "pull_request", "parameters": {"required_approving_review_count": 2}}]],
    f"{R}/contents/.github/dependabot.yml": file(DEPENDABOT),
    f"{R}/contents/.github/workflows": [[{"type": "file", "path": ".github/workflows/scan.yml"}]],
    f"{R}/contents/.github/workflows/scan.yml": file(WORKFLOW),
    f"{R}/code-scanning/analyses": [[{"created_at": "2026-11-20T04:00:00Z", "tool": {"name": "CodeQL"}, "error": ""}]],
    f"{R}/actions/runs": {
        "total_count": 3,
        "workflow_runs": [
            {
                "name": "scan",
                "path": ".github/workflows/scan.yml",
                "created_at": "2026-11-16T04:00:00Z",
                "conclusion": "success",
            },
            {
                "name": "scan",
                "path": ".github/workflows/scan.yml",
                "created_at": "2026-11-09T04:00:00Z",
                "conclusion": "success",
            },
            {
                "name": "scan",
                "path": ".github/workflows/scan.yml",
                "created_at": "2026-10-20T04:00:00Z",
                "conclusion": "success",
            },
            {
                "name": "scan",
                "path": ".github/workflows/scan.yml",
                "created_at": "2026-11-01T04:00:00Z",
                "conclusion": "failure",
            },
        ],
    },
}
B = "/repositories/northwind/sync"
BITBUCKET = {
    B: {"is_private": True, "mainbranch": {"name": "main", "type": "branch"}},
    f"{B}/refs/branches/main": {"name": "main", "target": {"hash": "c0ffee"}},
    f"{B}/branch-restrictions": {
        "values": [
            {"kind": "require_approvals_to_merge", "branch_match_kind": "glob", "pattern": "main", "value": 1},
            {"kind": "force", "branch_match_kind": "glob", "pattern": "m*"},
            {"kind": "delete", "branch_match_kind": "glob", "pattern": "release/*"},
        ]
    },
    f"{B}/pipelines_config": {"enabled": True},
    f"{B}/pipelines/": {
        "values": [
            {
                "created_on": "2026-11-20T04:00:00.123456Z",
                "state": {"name": "COMPLETED", "result": {"name": "SUCCESSFUL"}},
                "target": {"selector": {"type": "default"}},
            },
            {"created_on": "2026-11-21T04:00:00Z", "state": {"name": "IN_PROGRESS"}},
        ]
    },
    f"{B}/src/c0ffee/bitbucket-pipelines.yml": PIPELINES,
    f"{B}/commit/c0ffee/reports": {"values": [{"report_type": "SECURITY", "uuid": "u1"}, {"report_type": "BUG"}]},
    f"{B}/commit/c0ffee/reports/u1/annotations": {"values": [{"severity": "HIGH"}, {"severity": "LOW"}]},
}


class Served:
    """What was asked (method, path, token) and the fault to answer with, "" for none."""

    def __init__(self):
        self.asked = []
        self.fault = ""
        self.url = ""


@contextmanager
def serving(answers):
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *about):
            pass

        def send(self, status, body, **headers):
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self):
            path, _question, query = self.path.partition("?")
            served.asked.append((self.command, self.path, self.headers.get("Authorization")))
            match served.fault:
                case "portal":
                    return self.send(200, "<html>sign in</html>")
                case "redirect":
                    return self.send(302, "", Location="http://127.0.0.1:1/")
                case "token":
                    return self.send(401, {"message": "Bad credentials"})
                case "limit":
                    return self.send(403, {"message": "limit"}, X_RateLimit_Remaining="0")
                case "down":
                    return self.send(503, "")
                case "elsewhere":
                    return self.send(200, [], Link='<http://127.0.0.1:1/next>; rel="next"')
            found = answers.get(path, (404, {"message": "Not Found"}))
            if isinstance(found, tuple):
                return self.send(*found)
            if isinstance(found, list):
                page = 2 if "page=2" in query.split("&") else 1
                more = {"Link": f'<{served.url}{path}?page=2>; rel="next"'} if page < len(found) else {}
                return self.send(200, found[page - 1], **more)
            return self.send(200, found)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
