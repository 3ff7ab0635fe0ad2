"""What pipelines and images are built on: actions in GitHub workflows, base images in Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.source import Source, need, table_of, unfinished
from wizard.checks.dependencies.yaml_text import Word

_COMMIT = re.compile(r"[0-9a-f]{40}")
_RELEASE = re.compile(r"v?(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)")
_COMMENT = re.compile(r"#\s*(?:pin@|tag=)?v?(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)")
_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(\S+)(?:[ \t]+AS[ \t]+(\S+))?", re.I | re.M)


def read_actions(source: Source) -> Listed:
    """The actions of a workflow or of an action.yml. A moving tag (v4, main) names no version. Raises `Malformed`."""
    workflow = table_of(yaml_text.parse(source.text))
    need("jobs" in workflow or "runs" in workflow)
    lines = source.text.splitlines()
    found = []
    for used in _uses(workflow):
        if used.startswith("./"):
            continue  # the partner's own code
        if used.startswith("docker://"):
            found.append(_image(source, used[9:], used.line))
            continue
        where, at, reference = used.partition("@")
        name = "/".join(where.split("/")[:2]).lower()
        need(at and "/" in name)
        commit = reference if _COMMIT.fullmatch(reference) else ""
        # who pins a commit writes its release behind it, and Dependabot keeps the two together
        said = _COMMENT.search(lines[used.line - 1]) if commit else _RELEASE.fullmatch(reference)
        found.append(
            Dependency(
                Ecosystem.ACTIONS,
                name,
                said[1] if said else reference,
                source.file,
                used.line,
                True,
                True,
                commit,
                None if said else Obstacle.NOT_PINNED,
            )
        )
    return Listed(tuple(found))


def _uses(value: Any) -> Iterator[Word]:
    """Every `uses:` of a step or a job."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for key, inner in one.items():
                if key == "uses" and isinstance(inner, Word):
                    yield inner
                else:
                    waiting.append(inner)
        elif isinstance(one, list):
            waiting += reversed(one)


def read_dockerfile(source: Source) -> Listed:
    """The base images of a Dockerfile, which nobody looks up here. Raises `Malformed`."""
    text = source.text
    stages: set[str] = set()
    found = []
    for match in _FROM.finditer(text):
        image = match[1]
        if image.lower() not in stages and image != "scratch":
            found.append(_image(source, image, source.line_at(match.start(1))))
        if match[2]:
            stages.add(match[2].lower())
    need(_FROM.search(text))
    if text.rstrip().endswith("\\") and not text.rstrip().rpartition("\n")[2].lstrip().startswith("#"):
        return Listed(tuple(found), Reach.CUT_SHORT, unfinished())
    return Listed(tuple(found))


def _image(source: Source, image: str, line: int) -> Dependency:
    bare, _at, digest = image.partition("@")
    name, colon, tag = bare.rpartition(":")
    if not colon or "/" in tag:
        name, tag = bare, ""
    version = f"{tag}@{digest}" if tag and digest else tag or digest
    return Dependency(Ecosystem.IMAGE, name, version, source.file, line, True, obstacle=Obstacle.IMAGE)
