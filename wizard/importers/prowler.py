"""Prowler: CSV and JSON of versions 2 and 3, CSV, OCSF and Security Hub JSON (ASFF) of later ones.

The unit is a check of one resource.
"""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.formats import csv
from wizard.importers import fields as f
from wizard.importers.base import Report, Status, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm
from wizard.importers.outline import Outline


def _status(draft: Draft, word: str, muted: bool) -> Status:
    match word.upper():
        case "PASS":
            return Status.PASSED
        case "FAIL":
            return Status.SUPPRESSED if muted else Status.OPEN
        case "MUTED":
            return Status.SUPPRESSED
        case "MANUAL" | "INFO" | "WARNING":
            draft.note(_("Some checks are to be done by hand, says Prowler; they are counted as open."))
            return Status.OPEN
    raise UnreadableReport(
        _("A check of this Prowler report has the status {status}, which is not known here.").format(
            status=repr(word[:40])
        )
    )


def _read(documents: list[Any]) -> Report:
    draft = Draft("prowler", "Prowler", "check of a resource")
    for told in (item for one in documents for item in (f.objects(one) if isinstance(one, list) else [f.table(one)])):
        if "CheckID" in told:
            _old(draft, told)
        elif "Control ID" in told:
            _oldest(draft, told)
        elif "ProductArn" in told:
            _security_hub(draft, told)
        else:
            _ocsf(draft, told)
    return draft.done()


def _old(draft: Draft, told: f.Object) -> None:
    draft.scanned_at = draft.scanned_at or f.moment(f.text(told, "AssessmentStartTime"))
    draft.targets(f"{f.text(told, 'Provider')} {f.label(told, 'AccountId')}".strip())
    draft.add(
        entry(
            f.text(told, "CheckID"),
            f.text(told, "CheckTitle"),
            f.text(told, "Severity"),
            file=f.text(told, "ResourceArn") or f.text(told, "ResourceId"),
            host=f.text(told, "Region"),
            status=_status(draft, f.text(told, "Status"), False),
            fix=f.text(told, "Remediation", "Recommendation", "Text"),
            detail=f.text(told, "StatusExtended"),
        )
    )


def _oldest(draft: Draft, told: f.Object) -> None:
    """Version 2: a control of the CIS benchmark, one line each."""
    draft.scanned_at = draft.scanned_at or f.moment(f.text(told, "Timestamp"))
    draft.targets(f"aws {f.label(told, 'Account Number')}")
    draft.add(
        entry(
            f.label(told, "Control ID"),
            f.text(told, "Control"),
            f.text(told, "Severity"),
            file=f.text(told, "Resource ID"),
            host=f.text(told, "Region"),
            status=_status(draft, f.text(told, "Status"), False),
            fix=f.text(told, "Remediation"),
            detail=f.text(told, "Message"),
        )
    )


def _security_hub(draft: Draft, told: f.Object) -> None:
    """The finding format of AWS Security Hub, which has a status for the check and another for what is muted."""
    draft.scanned_at = draft.scanned_at or f.moment(f.text(told, "UpdatedAt") or f.text(told, "CreatedAt"))
    draft.tool_version = f.label(told, "ProductFields", "ProviderVersion") or draft.tool_version
    draft.targets(f"aws {f.label(told, 'AwsAccountId')}")
    status = {"PASSED": "PASS", "FAILED": "FAIL", "NOT_AVAILABLE": "MANUAL"}
    word = f.text(told, "Compliance", "Status")
    draft.add(
        entry(
            f.text(told, "GeneratorId"),
            f.text(told, "Title"),
            f.text(told, "Severity", "Label"),
            file=next((f.text(one, "Id") for one in f.objects(told, "Resources")), ""),
            host=next((f.text(one, "Region") for one in f.objects(told, "Resources")), ""),
            status=_status(draft, status.get(word, word), f.text(told, "Workflow", "Status") == "SUPPRESSED"),
            fix=f.text(told, "Remediation", "Recommendation", "Text"),
            detail=f.text(told, "Description"),
        )
    )


def _ocsf(draft: Draft, told: f.Object) -> None:
    draft.tool_version = f.label(told, "metadata", "product", "version")
    when = f.text(told, "time_dt") or f.text(told, "finding_info", "created_time_dt") or f.label(told, "time")
    draft.scanned_at = draft.scanned_at or f.moment(when)
    draft.targets(f"{f.text(told, 'cloud', 'provider')} {f.label(told, 'cloud', 'account', 'uid')}".strip())
    resources = f.objects(told, "resources")
    resource = resources[0] if resources else {}
    draft.add(
        entry(
            f.text(told, "metadata", "event_code") or f.text(told, "finding_info", "uid"),
            f.text(told, "finding_info", "title") or f.text(told, "message"),
            f.text(told, "severity"),
            file=f.text(resource, "uid") or f.text(resource, "name"),
            host=f.text(resource, "region"),
            status=_status(draft, f.text(told, "status_code"), f.text(told, "status") == "Suppressed"),
            fix=f.text(told, "remediation", "desc"),
            detail=f.text(told, "status_detail"),
        )
    )


def _read_csv(page: str) -> Report:
    draft = Draft("prowler", "Prowler", "check of a resource")
    for row in csv.rows(page, ("CHECK_ID", "STATUS"), ";"):
        draft.tool_version = row.get("PROWLER_VERSION", "")
        when = row.get("TIMESTAMP", "") or row.get("ASSESSMENT_START_TIME", "")  # the latter in version 3
        draft.scanned_at = draft.scanned_at or f.moment(when)
        account = row.get("ACCOUNT_UID", "") or row.get("ACCOUNT_ID", "")
        draft.targets(f"{row.get('PROVIDER', '')} {account}".strip())
        draft.add(
            entry(
                row["CHECK_ID"],
                row.get("CHECK_TITLE", ""),
                row.get("SEVERITY", ""),
                file=row.get("RESOURCE_UID", "") or row.get("RESOURCE_NAME", ""),
                host=row.get("REGION", ""),
                status=_status(draft, row["STATUS"], row.get("MUTED", "").lower() == "true"),
                fix=row.get("REMEDIATION_RECOMMENDATION_TEXT", ""),
                detail=row.get("STATUS_EXTENDED", ""),
            )
        )
    return draft.done()


def _read_old_csv(page: str) -> Report:
    draft = Draft("prowler", "Prowler", "check of a resource")
    for row in csv.rows(page, ("TITLE_ID", "CHECK_RESULT")):
        draft.scanned_at = draft.scanned_at or f.moment(row.get("PROWLER_START_TIME", ""))
        draft.targets(f"aws {row.get('ACCOUNT_NUM', '')}".strip())
        draft.add(
            entry(
                row["TITLE_ID"],
                row.get("TITLE_TEXT", ""),
                row.get("CHECK_SEVERITY", ""),
                file=row.get("CHECK_RESOURCE_ID", ""),
                host=row.get("REGION", ""),
                status=_status(draft, row["CHECK_RESULT"], False),
                fix=row.get("CHECK_REMEDIATION", ""),
                detail=row.get("CHECK_RESULT_EXTENDED", ""),
            )
        )
    return draft.done()


def _claims(outline: Outline) -> bool:
    if outline.has("Control ID", "Account Number", "Status"):
        return True
    if outline.has("ProductArn", "GeneratorId"):
        return "prowler" in outline.says("GeneratorId").lower()
    return outline.has("CheckID", "Status", "StatusExtended") or (
        outline.has("status_code", "severity")  # OCSF's detection finding; a cluster has no cloud
        and (outline.says("metadata.product.name") == "Prowler" or outline.has("finding_info.uid", "class_uid"))
    )


IMPORTER = Importer(
    "prowler",
    "Prowler",
    (
        JsonForm(_claims, _read),
        TextForm(lambda start: ",TITLE_ID,CHECK_RESULT," in start[:2000], _read_old_csv),
        TextForm(lambda start: ";CHECK_ID;" in start[:2000] and ";STATUS;" in start[:2000], _read_csv),
    ),
)
