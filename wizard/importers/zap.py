"""OWASP ZAP reports: XML and JSON, traditional and with requests and responses. The unit is one alert on one site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wizard.domain.language import _
from wizard.formats import xml
from wizard.importers import fields as f
from wizard.importers.base import Report, Status, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, XmlForm

#: `riskcode` and `confidence` of ZAP's API documentation. A confidence of 0 is a person's "false positive".
_RISKS = {"0": "Informational", "1": "Low", "2": "Medium", "3": "High"}
_CONFIDENCES = {"0": "False Positive", "1": "Low", "2": "Medium", "3": "High", "4": "Confirmed"}

#: The "plus" reports tell the steps of each sequence with their alerts, which stand under their sites too.
_AGAIN = "alert of a step of a sequence (listed under its site)"


def _read_xml(stream: xml.Source) -> Report:
    draft = Draft("zap", "ZAP", "alert")
    site: xml.Element | None = None
    sites = 0
    for seen in xml.walk(stream, ("alertitem",)):
        match seen.path[-1]:
            case "OWASPZAPReport" if seen.opened:
                draft.tool = seen.element.get("programName") or "ZAP"
                draft.tool_version = seen.element.get("version", "")
                draft.scanned_at = f.moment(seen.element.get("created", "") or seen.element.get("generated", ""))
            case "site" if seen.opened:
                site = seen.element
                sites += 1
                draft.targets(site.get("name", ""))
            case "alertitem" if "sequences" in seen.path:
                draft.leave_out(_AGAIN)
            case "alertitem":
                if site is None:
                    raise UnreadableReport(_("This ZAP report has an alert outside a site. It is damaged."))
                alert = {child.tag: (child.text or "").strip() for child in seen.element if not len(child)}
                instances = [
                    {child.tag: (child.text or "").strip() for child in one}
                    for one in seen.element.findall("instances/instance")
                ]
                if not instances and "uri" in alert:  # ZAP before 2.4
                    instances = [alert]
                _add(draft, alert, instances, site.get("name", ""))
    if not sites:
        draft.blind_spot(_no_sites())
    return draft.done()


def _read_json(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("zap", f.text(root, "@programName") or "ZAP", "alert")
    draft.tool_version = f.label(root, "@version")
    draft.scanned_at = f.moment(f.text(root, "created") or f.text(root, "@generated"))
    found = root.get("site")
    sites = [found] if isinstance(found, dict) else f.needed(root, "site") and f.objects(root, "site")
    for site in sites:
        name = f.text(site, "@name")
        draft.targets(name)
        for alert in f.objects(site, "alerts"):
            plain = {key: value for key, value in alert.items() if not isinstance(value, list | dict)}
            _add(draft, plain, f.objects(alert, "instances"), name)
    for sequence in f.objects(root, "sequences"):
        draft.leave_out(_AGAIN, sum("alert" in step for step in f.objects(sequence, "steps")))
    if not sites:
        draft.blind_spot(_no_sites())
    return draft.done()


def _add(draft: Draft, alert: dict[str, Any], instances: list[dict[str, Any]], site: str) -> None:
    risk, confidence = f.label(alert, "riskcode"), f.label(alert, "confidence")
    if not risk and not f.text(alert, "riskdesc"):
        raise UnreadableReport(_("An alert of this ZAP report has no risk. The report is damaged."))
    word = _RISKS.get(risk, f.text(alert, "riskdesc").partition(" (")[0] or risk)
    confidence = _CONFIDENCES.get(confidence, confidence)
    if any(f.text(instance, "attack") for instance in instances):
        draft.active = True
    name = f.text(alert, "alert") or f.text(alert, "name")
    draft.add(
        entry(
            f.label(alert, "alertRef") or f.label(alert, "pluginid") or name,
            name,
            word,
            cwe=f.cwes(f.label(alert, "cweid")),
            url=f.text(instances[0], "uri") if instances else site,
            host=host_of(site),
            status=Status.FALSE_POSITIVE if confidence == "False Positive" else Status.OPEN,
            fix=f.plain(f.text(alert, "solution")),
            confidence=confidence,
            count=max(len(instances), _count(alert)),
            detail=f.plain(f.text(alert, "desc")),
        )
    )


def _count(alert: dict[str, Any]) -> int:
    written = f.label(alert, "count")
    return int(written) if written.isdecimal() and len(written) < 10 else 1


def _no_sites() -> str:
    return _("This report names no site: ZAP may not have reached any, so it shows nothing about one.")


def host_of(address: str) -> str:
    """The host of an address, with its port unless it is the usual one; "" when there is none."""
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        port = parts.port
    except ValueError:
        return ""
    name = parts.hostname or ""
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return name if port is None or port == usual else f"{name}:{port}"


IMPORTER = Importer(
    "zap",
    "OWASP ZAP",
    (
        XmlForm(lambda root: root.name == "OWASPZAPReport", _read_xml),
        JsonForm(
            lambda outline: (
                outline.has("site") and (outline.has("@programName") or outline.has("@generated", "@version"))
            ),
            _read_json,
        ),
    ),
)
