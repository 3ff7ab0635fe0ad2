"""What the command lines of AWS, Azure and Google Cloud say of encryption at rest. The unit is a resource.

A resource that is encrypted has passed; one that is not, or does not say, is open. None of these has a severity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Report, Status
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


@dataclass(frozen=True, slots=True)
class _Fact:
    """One kind of answer: the list that holds the resources ("" for the root), how each is named, when encrypted."""

    tool: str
    kind: str
    list: str
    name: Callable[[f.Object], str]
    encrypted: Callable[[f.Object], bool | None]
    shows: tuple[str, ...]  # the fields that tell this answer from others


def _named(field: str) -> Callable[[f.Object], str]:
    return lambda told: f.label(told, field)


def _flag(*path: str) -> Callable[[f.Object], bool | None]:
    return lambda told: f.flag(told, *path)


def _bucket(told: f.Object) -> bool | None:
    rules = f.objects(told, "Rules")
    return bool(rules) and all(f.text(one, "ApplyServerSideEncryptionByDefault", "SSEAlgorithm") for one in rules)


def _table(told: f.Object) -> bool | None:
    """DynamoDB encrypts always; the description only names another key than its own."""
    return f.text(told, "SSEDescription", "Status") in ("", "ENABLED", "UPDATING")


def _storage(told: f.Object) -> bool | None:
    services = f.table(told, "encryption", "services")
    states = [f.flag(one, "enabled") for one in services.values() if isinstance(one, dict)]
    return all(states) if states else None


def _transparent(told: f.Object) -> bool | None:
    state = f.text(told, "state") or f.text(told, "status")
    return state == "Enabled" if state else None


def _google(_told: f.Object) -> bool | None:
    """Google encrypts what it stores always (its documentation, "Default encryption at rest")."""
    return True


_AWS, _AZURE, _GOOGLE = "AWS CLI", "Azure CLI", "gcloud"
_FACTS = (
    _Fact(
        _AWS,
        "RDS instance",
        "DBInstances",
        _named("DBInstanceIdentifier"),
        _flag("StorageEncrypted"),
        ("DBInstanceIdentifier",),
    ),
    _Fact(
        _AWS,
        "RDS cluster",
        "DBClusters",
        _named("DBClusterIdentifier"),
        _flag("StorageEncrypted"),
        ("DBClusterIdentifier",),
    ),
    _Fact(_AWS, "EBS volume", "Volumes", _named("VolumeId"), _flag("Encrypted"), ("VolumeId",)),
    _Fact(_AWS, "EFS file system", "FileSystems", _named("FileSystemId"), _flag("Encrypted"), ("FileSystemId",)),
    _Fact(
        _AWS, "Redshift cluster", "Clusters", _named("ClusterIdentifier"), _flag("Encrypted"), ("ClusterIdentifier",)
    ),
    _Fact(
        _AWS,
        "ElastiCache group",
        "ReplicationGroups",
        _named("ReplicationGroupId"),
        _flag("AtRestEncryptionEnabled"),
        ("ReplicationGroupId",),
    ),
    _Fact(_AWS, "DynamoDB table", "Table", _named("TableName"), _table, ("TableName", "TableStatus")),
    _Fact(
        _AWS,
        "OpenSearch domain",
        "DomainStatus",
        _named("DomainName"),
        _flag("EncryptionAtRestOptions", "Enabled"),
        ("EncryptionAtRestOptions",),
    ),
    _Fact(_AWS, "S3 bucket", "ServerSideEncryptionConfiguration", _named("Name"), _bucket, ("Rules",)),
    _Fact(_AWS, "EBS default", "", _named("Region"), _flag("EbsEncryptionByDefault"), ("EbsEncryptionByDefault",)),
    _Fact(_AZURE, "storage account", "", _named("name"), _storage, ("encryption.services",)),
    _Fact(_AZURE, "SQL database", "", _named("id"), _transparent, ("resourceGroup", "state", "type", "id")),
    _Fact(
        _AZURE,
        "managed disk",
        "",
        _named("name"),
        lambda told: f.text(told, "encryption", "type").startswith("EncryptionAtRest"),
        ("encryption.type", "diskState"),
    ),
    _Fact(
        _AZURE,
        "PostgreSQL server",
        "",
        _named("name"),
        lambda told: bool(f.text(told, "dataEncryption", "type")),
        ("dataEncryption.type", "fullyQualifiedDomainName"),
    ),
    _Fact(_GOOGLE, "disk", "", _named("name"), _google, ("physicalBlockSizeBytes", "sizeGb")),
    _Fact(_GOOGLE, "Cloud Storage bucket", "", _named("name"), _google, ("storage_url", "default_storage_class")),
    _Fact(_GOOGLE, "Cloud SQL instance", "", _named("name"), _google, ("backendType", "databaseVersion")),
)


def _resources(root: Any, fact: _Fact) -> Iterator[f.Object]:
    found = root.get(fact.list) if fact.list and isinstance(root, dict) else root
    yield from f.objects(found) if isinstance(found, list) else [f.table(found)]


def _shown(fact: _Fact, outline: Outline) -> bool:
    if not fact.list:
        return outline.has(*fact.shows)
    return any(outline.has(*(f"{fact.list}{inside}.{field}" for field in fact.shows)) for inside in ("[]", ""))


def _reader(fact: _Fact) -> Callable[[list[Any]], Report]:
    def read(documents: list[Any]) -> Report:
        draft = Draft("cloud-facts", fact.tool, "resource")
        for document in documents:
            for told in _resources(document, fact):
                name = fact.name(told)
                encrypted = fact.encrypted(told)
                draft.targets(f"{fact.kind} {name}".strip())
                draft.add(
                    entry(
                        "encryption-at-rest",
                        (
                            _("{kind} is encrypted at rest")
                            if encrypted
                            else _("{kind} is not encrypted at rest")
                            if encrypted is False
                            else _("{kind} does not say whether it is encrypted at rest")
                        ).format(kind=f"{fact.kind} {name}".strip()),
                        file=name,
                        status=Status.PASSED if encrypted else Status.OPEN,
                    )
                )
        if not draft.entries:
            draft.blind_spot(_("This answer lists no resource, so it shows nothing about any."))
        return draft.done()

    return read


IMPORTER = Importer(
    "cloud-facts",
    "AWS, Azure and Google Cloud command lines",
    tuple(JsonForm(partial(_shown, fact), _reader(fact)) for fact in _FACTS),
)
