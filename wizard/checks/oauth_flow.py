"""The OAuth flow with Apollo, from a browser's recording: code, state, exact redirect, and no token in any address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext, Judgement
from wizard.checks.looks.har_flow import HarFlow, read_har
from wizard.checks.looks.http import parts_of
from wizard.checks.referrer_policy import TELLING, policy_of
from wizard.checks.url_secrets import in_address
from wizard.domain.language import _
from wizard.domain.looks import SubjectKind
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host

#: RFC 6819 5.1.4.2.2: 22 characters of base64, or 32 hexadecimal digits.
_STATE_BITS = 128


class NoRecording(Mistake):
    """A file that is no browser recording."""


@dataclass(frozen=True, slots=True)
class OauthFlow:
    """The recording, as far as the rule needs it."""

    flow: HarFlow


def read(facts: Facts) -> OauthFlow:
    """The recording as it is."""
    return OauthFlow(facts.get(HarFlow))


def judge(reading: OauthFlow, context: JudgeContext) -> Judgement:
    """RFC 6749 4.1 and 10.12; RFC 9700 2.1, 4.2 and 4.7."""
    flow = reading.flow
    proof = "\n".join(
        [f"authorize: response_type={a.response_type} redirect_uri={a.redirect_uri}" for a in flow.authorizations[:3]]
        + [f"callback: {c.address} → {c.status}" for c in flow.callbacks[:3]]
        + list(flow.tokens_in_addresses[:3])
    )
    fault = _fault(flow)
    if fault:
        return Judgement(Verdict.FAIL, fault, proof, fix=_("Use the authorization code grant as Apollo describes it."))
    if not flow.authorizations or not flow.callbacks:
        said = _("Could not look: no way to Apollo and back is recorded.")
        step = _("Record again: open your integration, connect it to Apollo, and save the recording with its content.")
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    if flow.left_out:
        said = _("Could not look: the recording holds {n:,} requests more than are read.").format(n=flow.left_out)
        return Judgement(Verdict.UNKNOWN, said, proof, _("Record only the way to Apollo and back."))
    note = _note(flow)
    if note:
        return Judgement(Verdict.WARN, note, proof)
    said = _("Fresh state, code grant, no token in any address.")
    if not all(request.challenge_method for request in flow.authorizations):
        said += " " + _("PKCE is not used, which Apollo's documents do not ask for.")
    return Judgement(Verdict.PASS, said, proof)


def _fault(flow: HarFlow) -> str:
    for request in flow.authorizations:
        if request.response_type != "code":
            return _("The flow asks for “{type}” instead of a code.").format(type=request.response_type or "–")
        target = parts_of(request.redirect_uri)
        if target is None or target.scheme != "https" or target.fragment or "*" in request.redirect_uri:
            return _("The redirect address is no plain https address: {uri}").format(uri=request.redirect_uri or "–")
        if not request.state_digest:
            return _("The flow sends no state, so a stranger can plant their own connection.")
    states = [request.state_digest for request in flow.authorizations]
    returns = {(c.state_digest, c.code_digest) for c in flow.callbacks}
    if len(set(states)) < len(states) or len({state for state, _code in returns}) < len(returns):
        return _("Two requests carry the same state; it must be new each time.")
    if any(c.state_digest not in states for c in flow.callbacks) and states:
        return _("A return carries a state that was never sent, or none.")
    shown = [c for c in flow.callbacks if not 300 <= c.status < 400]
    if any(policy_of(c.referrer_policy.split(",")) in TELLING for c in shown):
        return _("The page that gets the code tells other sites its full address (Referrer-Policy).")
    if flow.tokens_in_addresses:
        return _("A token stands in an address, where logs and other sites see it.")
    if flow.told_others:
        return _("A code or token reached {host} in a Referer header.").format(host=flow.told_others[0])
    if flow.browser_grants:
        return _("The browser itself fetches the token ({grant}), so the client's secret lies in the browser.").format(
            grant=flow.browser_grants[0]
        )
    return ""


def _note(flow: HarFlow) -> str:
    if any(request.state_bits < _STATE_BITS for request in flow.authorizations):
        return _("The state is short or predictable; 128 random bits are asked for.")
    if any(c.status < 300 or c.status >= 400 for c in flow.callbacks):
        return _("The page that gets the code shows itself instead of redirecting, so the code stays in the address.")
    if any(c.code_went_on for c in flow.callbacks):
        return _("The page behind the return has the code in its address again.")
    if any(request.challenge_method == "plain" for request in flow.authorizations):
        return _("PKCE is used without S256, so whoever sees the request can use the code too.")
    named = next((found for r in flow.authorizations for found in in_address("redirect", r.redirect_uri)), None)
    if named:
        return _("The redirect address itself carries what looks like a credential ({name}).").format(name=named.name)
    if len(flow.authorizations) < 2:
        return _("The recording shows one run only; record two, to show that the state is new each time.")
    return ""


def look_at_recording(data: bytes, at: datetime) -> Result:
    """What a recording shows of the flow, about the assessment as a whole. Raises `Mistake` for what is no HAR file."""
    from dataclasses import replace

    from wizard.checks.judging import judge as result_of

    try:
        flow = read_har(data)
    except CouldNotLook as could_not:
        raise NoRecording(
            _("This file is no browser recording (HAR). In the browser's developer tools, save the network log as HAR.")
        ) from could_not
    return replace(result_of(CHECK, Host("recording"), Facts({HarFlow: flow}), at), subject="")


CHECK = Check(
    id="oauth-flow",
    title=lambda: _("OAuth with Apollo"),
    level=Level.MUST,
    source="RFC 6749 4.1, 10.12; RFC 9700 2.1, 4.2, 4.7; Apollo Marketplace, Marketplace Requirements",
    aliases=("CHK-OAUTH", "OAUTH-FLOW", "SECR-02"),
    needs=(HarFlow,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
    method=Method.EXAMINE,
    version=3,
)
