"""Reads the accessibility bus for the journeys. Run by the system's own Python, which has pyatspi; speaks JSON lines.

{"do": "find", "role": …, "name": …, "exactly": …, "after": …} -> {"found": [{"role", "name", "text", "states", "box"}]}
{"do": "tree"} -> {"tree": [[depth, role, name, text], …]}
"""

import json
import sys

import pyatspi


def application():
    desktop = pyatspi.Registry.getDesktop(0)
    for app in desktop:
        if app is not None and "attestry" in (app.name or "").lower():
            return app
    return None


def text_of(node):
    try:
        return node.queryText().getText(0, -1)
    except NotImplementedError:
        return ""


def describe(node):
    try:
        box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
        place = [box.x, box.y, box.width, box.height]
    except NotImplementedError:
        place = [0, 0, 0, 0]
    states = [pyatspi.stateToString(state) for state in node.getState().getStates()]
    return {"role": node.getRoleName(), "name": node.name, "text": text_of(node), "states": states, "box": place}


def walk(node, depth=0):
    """Everything below, without what is hidden: hidden pages are many, and each question costs a message."""
    yield depth, node
    if depth > 1 and not node.getState().contains(pyatspi.STATE_VISIBLE):
        return
    for index in range(node.childCount):
        child = node.getChildAtIndex(index)
        if child is not None:
            yield from walk(child, depth + 1)


def shown(node):
    return node.getState().contains(pyatspi.STATE_SHOWING)


def wanted(node, ask):
    if ask.get("role") and node.getRoleName() != ask["role"]:
        return False
    name = node.name or ""
    if ask.get("exactly"):
        return name == ask["exactly"]
    return not ask.get("name") or ask["name"] in name or ask["name"] in text_of(node)


def answer(ask):
    app = application()
    if app is None:
        return {"found": [], "tree": []}
    if ask["do"] == "tree":
        return {"tree": [[d, n.getRoleName(), n.name, text_of(n)[:200]] for d, n in walk(app) if shown(n) or d < 2]}
    found = []
    behind = not ask.get("after")
    for _depth, node in walk(app):
        if not behind:
            behind = node.name == ask["after"]
            continue
        if wanted(node, ask) and shown(node):
            found.append(describe(node))
            if len(found) == ask.get("most", 1000):
                break
    return {"found": found}


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # the tree changes while it is read; the journey asks again
        said = {"found": [], "tree": [], "again": repr(error)}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
