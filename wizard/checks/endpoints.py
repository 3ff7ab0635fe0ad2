"""Reads the partner's own list of endpoints: an OpenAPI document (2.0 or 3.x, JSON or YAML), or a plain list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from wizard.checks import yaml_events
from wizard.checks.looks.ground import Endpoint
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats import json as strict_json
from wizard.formats.malformed import Malformed

MOST_BYTES = 5 * 1024 * 1024
#: More are cut off. A look calls far fewer of them, and says that it did not call them all.
MOST_OPERATIONS = 5000
METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace")
_MOST_REFERENCES = 10
_MOST_PARAMETERS = 30
#: A line that names an endpoint, among others that may not.
_LINE = re.compile(rf"\s*(?:(?:{'|'.join(METHODS)})\s+/|/\S*\s*\Z)", re.I)
_FIELD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class UnreadableEndpoints(Mistake):
    """A list of endpoints that cannot be read."""


@dataclass(frozen=True, slots=True)
class Api:
    """What a document says: its operations and the hosts that it names; `outside` are the files that it refers to, in
    which more operations stand. Nobody reads those.
    """

    endpoints: tuple[Endpoint, ...]
    servers: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


def read_list(text: str) -> Api:
    """One endpoint a line: `GET /path`, and behind it what is to be known of it; `#` starts a comment.

    ` page` for browsers, ` admin` for administrators only, ` of: A` (or B) for what only that test customer may read,
    ` anonymous: REASON` for what anybody may call.
    """
    found: list[Endpoint] = []
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        rest, _colon, reason = said.partition(" anonymous:")
        if "anonymous:" in said and not reason.strip():
            raise UnreadableEndpoints(_("Line {n}: say why anybody may call this endpoint.").format(n=number))
        rest, _colon, owner = rest.partition(" of:")
        words = rest.split()
        marks: set[str] = set()
        while len(words) > 1 and words[-1] in ("page", "admin"):
            marks.add(words.pop())
        if len(words) == 1:
            words = ["GET", *words]
        owner = owner.strip().upper()
        if len(words) != 2 or words[0].lower() not in METHODS or not words[1].startswith("/") or len(owner) > 1:
            raise UnreadableEndpoints(
                _("Line {n} is no endpoint, so the list was not used. Write “GET /path”, one a line.").format(n=number)
            )
        if owner not in ("", "A", "B"):
            raise UnreadableEndpoints(
                _("Line {n}: what belongs to a test customer is “of: A” or “of: B”.").format(n=number)
            )
        found.append(
            Endpoint(
                words[0].upper(),
                _path(words[1]),
                reason.strip(),
                page="page" in marks,
                admin="admin" in marks,
                of=owner,
                template=words[1] if "{" in words[1] else "",
                query=_asked_in(words[1]),
            )
        )
    if not found:
        raise UnreadableEndpoints(_("There is no endpoint in this list. Write “GET /path”, one a line."))
    return Api(tuple(found[:MOST_OPERATIONS]))


def _asked_in(path: str) -> tuple[str, ...]:
    """The names of the parameters in an address."""
    return tuple(dict.fromkeys(name for name, _value in parse_qsl(path.partition("?")[2], keep_blank_values=True)))


def read_openapi(data: bytes) -> Api:
    """The operations of an OpenAPI document. References inside the document are followed, others never.

    Raises `UnreadableEndpoints`.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableEndpoints(
            _("The document is larger than 5 MiB, so it was not read. Leave out what is not asked.")
        )
    document = _parsed(data)
    if not isinstance(document, Mapping) or not isinstance(document.get("paths"), Mapping):
        raise UnreadableEndpoints(_("This is no OpenAPI document: it has no “paths”."))
    reader = _Document(document)
    found = list(reader.operations())
    return Api(tuple(found[:MOST_OPERATIONS]), tuple(reader.servers()), tuple(dict.fromkeys(reader.outside)))


def means_endpoints(data: bytes, *, listed: bool) -> bool:
    """Of a file that lists no endpoints, or not as it should: false when it was never meant to (notes, settings, a
    report). What cannot be parsed may have been a description of an API, so it counts as one.
    """
    if listed:
        lines = data.decode("utf-8-sig", "replace").splitlines()
        return any(_LINE.match(line) for line in lines)
    try:
        document = _parsed(data)
    except UnreadableEndpoints:
        return True
    return isinstance(document, Mapping) and any(name in document for name in ("openapi", "swagger", "paths"))


def _parsed(data: bytes) -> Any:
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            return strict_json.parse(data)
        return yaml_events.parse(data)
    except Malformed as malformed:
        raise UnreadableEndpoints(
            _("The API description was not used. {why}").format(why=malformed.sentence)
        ) from malformed


class _Document:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._base = self._base_path()
        #: where references lead that stand in place of operations and are not followed
        self.outside: list[str] = []

    def servers(self) -> Iterator[str]:
        """The host names in the document."""
        for server in self._list(self._document.get("servers")):
            url = server.get("url") if isinstance(server, Mapping) else None
            if isinstance(url, str) and (name := _host_of(url)):
                yield name
        host = self._document.get("host")
        if isinstance(host, str):
            yield host.lower()

    def operations(self) -> Iterator[Endpoint]:
        """Every operation."""
        for path, item in self._document["paths"].items():
            if not isinstance(path, str) or not path.startswith("/"):
                continue
            item = self._followed(item)
            if not isinstance(item, Mapping):
                continue
            for method in METHODS:
                operation = self._followed(item.get(method))
                if isinstance(operation, Mapping):
                    yield self._operation(path, method, item, operation)

    def _operation(self, path: str, method: str, item: Mapping[str, Any], operation: Mapping[str, Any]) -> Endpoint:
        parameters = [*self._list(item.get("parameters")), *self._list(operation.get("parameters"))]
        template, query = self._base + path if "{" in path else "", []
        for parameter in map(self._resolve, parameters):
            if not isinstance(parameter, Mapping):
                continue
            if parameter.get("in") == "path":
                path = path.replace("{" + str(parameter.get("name")) + "}", quote(_example(parameter), safe=""))
            elif parameter.get("in") == "query" and isinstance(parameter.get("name"), str):
                query.append(parameter["name"][:100])
        security = operation.get("security", self._document.get("security"))
        wanted = [s for s in self._list(security) if isinstance(s, Mapping)]
        secured = "yes" if wanted and all(wanted) else "no"
        names = {name for requirement in wanted for name in requirement}
        keys = sorted(key for name in names if (key := self._key(name, "query")))
        fields = sorted(key for name in names if _FIELD.fullmatch(key := self._key(name, "header")))
        return Endpoint(
            method.upper(),
            _path(self._base + path),
            secured=secured,
            key_in_url=", ".join(keys),
            key_field=fields[0] if fields else "",
            template=template[:500],
            query=tuple(dict.fromkeys(query))[:_MOST_PARAMETERS],
        )

    def _key(self, name: str, where: str) -> str:
        components = self._document.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
        schemes = schemes if isinstance(schemes, Mapping) else self._document.get("securityDefinitions")
        scheme = self._resolve(schemes.get(name)) if isinstance(schemes, Mapping) else None
        if isinstance(scheme, Mapping) and scheme.get("type") == "apiKey" and scheme.get("in") == where:
            return str(scheme.get("name"))[:100]
        return ""

    def _base_path(self) -> str:
        base = self._document.get("basePath")
        if isinstance(base, str):
            return base.rstrip("/")
        for server in self._list(self._document.get("servers")):
            url = server.get("url") if isinstance(server, Mapping) else None
            if isinstance(url, str) and "{" not in url:
                try:
                    return urlsplit(url).path.rstrip("/")
                except ValueError:
                    return ""
        return ""

    def _followed(self, value: Any) -> Any:
        """What stands in place of operations; a reference that leads to none is noted."""
        found = self._resolve(value)
        if isinstance(value, Mapping) and "$ref" in value and not isinstance(found, Mapping):
            self.outside.append(str(value["$ref"])[:200])
        return found

    def _resolve(self, value: Any) -> Any:
        for _step in range(_MOST_REFERENCES):
            if not isinstance(value, Mapping) or not isinstance(value.get("$ref"), str):
                return value
            reference = value["$ref"]
            if not reference.startswith("#/"):
                return None
            value = self._document
            for part in reference[2:].split("/"):
                key = part.replace("~1", "/").replace("~0", "~")
                value = value.get(key) if isinstance(value, Mapping) else None
        return None

    @staticmethod
    def _list(value: Any) -> list[Any]:
        return value if isinstance(value, list) else []


def _example(parameter: Mapping[str, Any]) -> str:
    schema = parameter.get("schema")
    schema = schema if isinstance(schema, Mapping) else parameter
    for place in (parameter.get("example"), schema.get("example"), schema.get("default")):
        if isinstance(place, str | int) and not isinstance(place, bool):
            return str(place)[:100]
    values = schema.get("enum")
    return str(values[0])[:100] if isinstance(values, list) and values else "1"


def _path(path: str) -> str:
    """A path that can stand in a request line; what is left of `{name}` becomes 1."""
    while "{" in path and "}" in path[path.index("{") :]:
        start = path.index("{")
        path = path[:start] + "1" + path[path.index("}", start) + 1 :]
    return quote(path, safe="/%:@!$&'()*+,;=~-._?[]")


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
