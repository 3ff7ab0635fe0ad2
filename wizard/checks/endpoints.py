"""Reads the partner's own list of endpoints: an OpenAPI document (2.0 or 3.x, JSON or YAML), or a plain list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from wizard.checks import yaml_events
from wizard.checks.looks.ground import Endpoint
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import Host, parse_host
from wizard.formats import json as strict_json
from wizard.formats.malformed import Malformed

MOST_BYTES = 5 * 1024 * 1024
#: More are cut off. A look calls far fewer of them, and says that it did not call them all.
MOST_OPERATIONS = 5000
METHODS = ("get", "head", "options", "post", "put", "patch", "delete", "trace", "query")
_MOST_REFERENCES = 10
#: Servers of an operation, with those that its variables make, and in all operations together. Both leave every host
#: more operations than one look calls, so that a pass never rests on what was cut off.
_MOST_SERVERS = 20
_MOST_PLACES = 20_000
_LONGEST = 500
_MOST_PARAMETERS = 30
#: A line that names an endpoint, among others that may not.
_LINE = re.compile(rf"\s*(?:(?:{'|'.join(METHODS)})\s+/|/\S*\s*\Z)", re.I)
_FIELD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class UnreadableEndpoints(Mistake):
    """A list of endpoints that cannot be read."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation at one of its servers: the subject of that host, "" where the document names none."""

    server: str
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class Api:
    """What a document says: each operation at each of its servers; `outside` are the files that it refers to, in
    which more operations stand. Nobody reads those.
    """

    operations: tuple[tuple[Placed, ...], ...]
    outside: tuple[str, ...] = ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Each operation at its first server."""
        return tuple(places[0].endpoint for places in self.operations)

    @property
    def servers(self) -> tuple[str, ...]:
        """The hosts that it names."""
        return tuple(dict.fromkeys(p.server for places in self.operations for p in places if p.server))

    def shared_out(self, hosts: Sequence[Host], only: Host | None) -> SharedOut:
        """Which of its operations are whose. A server is the host of its name and port, or the only one of its name.

        What names no server is at the hosts that others name, else at `only`; so is everything where no server is one
        of the hosts.
        """
        at = {server: _hosts_of(server, hosts) for server in self.servers}
        named = tuple(dict.fromkeys(host for found in at.values() for host in found))
        nowhere = {server for server, found in at.items() if not found and not _is_here(server)}
        out: dict[str, dict[tuple[str, str], Endpoint]] = {}
        strange: dict[str, None] = {}
        for places in self.operations:
            there = [(h, p.endpoint) for p in places for h in at.get(p.server, ())]
            there = there or [(h, p.endpoint) for p in places if p.server not in nowhere for h in named]
            if not there:
                strange |= dict.fromkeys(p.server for p in places if p.server in nowhere)
                there = [(only, places[0].endpoint)] if only is not None and not named else []
            for host, endpoint in there:
                out.setdefault(host.subject, {}).setdefault((endpoint.method, endpoint.path), endpoint)
        endpoints = {subject: tuple(found.values()) for subject, found in out.items()}
        return SharedOut(endpoints, tuple(strange), guessed=not named)


@dataclass(frozen=True, slots=True)
class SharedOut:
    """By host subject the endpoints there, each at the path that its server gives it.

    `strange`: servers of operations that name none of the hosts. `guessed`: no server is one of them.
    """

    endpoints: Mapping[str, tuple[Endpoint, ...]]
    strange: tuple[str, ...]
    guessed: bool


def _is_here(server: str) -> bool:
    """A developer's own machine, which stands for whichever host the service runs on."""
    return server.startswith(("localhost", "127.", "[::1]"))


def _hosts_of(server: str, hosts: Sequence[Host]) -> tuple[Host, ...]:
    exactly = tuple(host for host in hosts if host.subject == server)
    parsed = parse_host(server)
    of_name = tuple(host for host in hosts if parsed is not None and host.name == parsed[0])
    return exactly or (of_name if len(of_name) == 1 else ())


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
    return Api(tuple((Placed("", endpoint),) for endpoint in found[:MOST_OPERATIONS]))


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
    found: list[tuple[Placed, ...]] = []
    places = 0
    for operation in reader.operations():
        places += len(operation)
        if len(found) >= MOST_OPERATIONS or places > _MOST_PLACES:
            break
        found.append(operation)
    return Api(tuple(found), tuple(dict.fromkeys(reader.outside)))


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
        self._servers = self._servers_of(document) or self._old_servers() or [("", "")]
        #: where references lead that stand in place of operations and are not followed
        self.outside: list[str] = []

    def operations(self) -> Iterator[tuple[Placed, ...]]:
        """Every operation at each of its servers: its own, its path's, or the document's (OpenAPI 3.1, 4.8.9)."""
        for path, item in _merged(self._document["paths"]).items():
            if not isinstance(path, str) or path.startswith("x-"):
                continue
            item = self._followed(item)
            if not isinstance(item, Mapping):
                continue
            item = _merged(item)
            more = item.get("additionalOperations")
            methods = {str(name).lower(): value for name, value in item.items() if str(name).lower() in METHODS}
            if isinstance(more, Mapping):  # OpenAPI 3.2: any other method
                methods |= {str(name): value for name, value in more.items() if _FIELD.fullmatch(str(name))}
            for method, value in methods.items():
                # an operation of which nothing is written is one, too (a YAML that says nothing reads as text)
                operation = {} if value is None or isinstance(value, str) else self._followed(value)
                if isinstance(operation, Mapping):
                    yield self._operation(path if path.startswith("/") else f"/{path}", method, item, operation)

    def _operation(
        self, path: str, method: str, item: Mapping[str, Any], operation: Mapping[str, Any]
    ) -> tuple[Placed, ...]:
        parameters = [*self._list(item.get("parameters")), *self._list(operation.get("parameters"))]
        described, query = path, []
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
        endpoint = Endpoint(
            method.upper(),
            path,
            secured=secured,
            key_in_url=", ".join(keys),
            key_field=fields[0] if fields else "",
            query=tuple(dict.fromkeys(query))[:_MOST_PARAMETERS],
        )
        servers = self._servers_of(operation) or self._servers_of(item) or self._servers
        return tuple(
            Placed(server, replace(endpoint, path=_path(base + path), template=_template(base + described)))
            for server, base in servers
        )

    def _key(self, name: str, where: str) -> str:
        components = self._document.get("components")
        schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
        schemes = schemes if isinstance(schemes, Mapping) else self._document.get("securityDefinitions")
        scheme = self._resolve(schemes.get(name)) if isinstance(schemes, Mapping) else None
        if isinstance(scheme, Mapping) and scheme.get("type") == "apiKey" and scheme.get("in") == where:
            return str(scheme.get("name"))[:100]
        return ""

    def _servers_of(self, owner: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The servers that a document, a path or an operation names: subject ("" for none) and base path of each."""
        found: dict[tuple[str, str], None] = {}
        for server in self._list(owner.get("servers")):
            url = server.get("url") if isinstance(server, Mapping) else None
            for address in _filled_in(url[:_LONGEST], server.get("variables")) if isinstance(url, str) else ():
                found[_subject_of(address), _base_of(address)] = None
        return list(found)[:_MOST_SERVERS]

    def _old_servers(self) -> list[tuple[str, str]]:
        """The one server of Swagger 2.0."""
        host, base = self._document.get("host"), self._document.get("basePath")
        if not isinstance(host, str) and not isinstance(base, str):
            return []
        subject = _subject_of(f"https://{host}") if isinstance(host, str) else ""
        return [(subject, _base_of(base) if isinstance(base, str) else "")]

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


def _merged(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of a YAML with what it takes over from another one (`<<: *name`)."""
    others = table.get("<<")
    out: dict[str, Any] = {}
    for other in reversed(others if isinstance(others, list) else [others]):  # the first wins (YAML 1.1, merge)
        out |= other if isinstance(other, Mapping) else {}
    return {**out, **{key: value for key, value in table.items() if key != "<<"}}


def _template(path: str) -> str:
    return path[:500] if "{" in path else ""


def _filled_in(url: str, variables: Any) -> list[str]:
    """The addresses that a server's variables make of its url (OpenAPI 3.1, 4.8.6): the default first, then the rest of
    its values.
    """
    choices: list[list[tuple[str, str]]] = []
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        if "{" + str(name) + "}" in url and isinstance(variable, Mapping):
            values = variable.get("enum")
            named = [variable.get("default"), *(values if isinstance(values, list) else ())]
            values = dict.fromkeys(str(value)[:_LONGEST] for value in named if isinstance(value, str | int))
            if values:
                choices.append([(str(name), value) for value in values][:_MOST_SERVERS])
    out = []
    for choice, _n in zip(product(*choices), range(_MOST_SERVERS), strict=False):
        filled = url
        for name, value in choice:
            filled = filled.replace("{" + name + "}", value)
        out.append(filled)
    return out


def _subject_of(url: str) -> str:
    """How a host is called in results; "" for an address that names none, or one that is only known when it is used."""
    if "//" not in url:
        return ""
    parsed = parse_host(url)
    return Host(*parsed).subject if parsed is not None else ""


def _base_of(url: str) -> str:
    try:
        path = urlsplit(url).path.strip("/")
    except ValueError:
        return ""
    return f"/{path}" if path else ""
