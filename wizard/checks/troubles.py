"""Says why nobody could look at a host, what that means, and what to do next: one sentence for every reason."""

from __future__ import annotations

from typing import assert_never

from wizard.checks.base import Trouble, TroubleKind
from wizard.domain.language import _, ngettext


def sentence(trouble: Trouble) -> str:
    """What happened, in one sentence without the host's name."""
    detail = trouble.detail
    match trouble.kind:
        case TroubleKind.NO_ADDRESS:
            said = _("Could not look: the name has no address here.")
        case TroubleKind.REFUSED_ADDRESS:
            said = _("Did not look: the address is private or reserved.")
        case TroubleKind.METADATA_ADDRESS:
            said = _("Did not look: the address belongs to a cloud's metadata service, which is never contacted.")
        case TroubleKind.CLOSED:
            said = _("Could not look: nothing listens on this port.")
        case TroubleKind.UNREACHABLE:
            said = _("Could not look: the network has no way to this address.")
        case TroubleKind.TIMEOUT:
            said = _("Could not look: timed out after {seconds:g} s.").format(seconds=trouble.seconds)
        case TroubleKind.BROKEN_OFF:
            said = _("Could not look: the server broke off the connection.")
        case TroubleKind.NO_TLS:
            said = _("Could not look: the port does not answer with TLS 1.2 or higher.")
        case TroubleKind.NOT_TRUSTED:
            said = _("Could not look: the certificate is not trusted, so whoever answers may not be your server.")
        case TroubleKind.INTERCEPTED:
            said = _(
                "Could not look: only this computer trusts the certificate, so something on the way (a virus scanner, "
                "a company's proxy) may answer in place of your server."
            )
        case TroubleKind.HTTP2_ONLY:
            said = _("Could not look: the server speaks HTTP/2 only, and these checks speak HTTP/1.1.")
        case TroubleKind.NOT_HTTP:
            said = _("Could not look: the answer is not well-formed HTTP.")
        case TroubleKind.HEADERS_TOO_LONG:
            said = _("Could not look: the headers of the answer are longer than 64 KiB.")
        case TroubleKind.BODY_TOO_LONG:
            said = _("Could not look: the answer is longer than 256 KiB, and half an answer proves nothing.")
        case TroubleKind.COMPRESSED:
            said = _("Could not look: the answer is compressed although we asked for it plain.")
        case TroubleKind.TOO_MANY_INTERIM:
            said = _("Could not look: the server sent interim replies without end.")
        case TroubleKind.TOO_MANY_REDIRECTS:
            said = _("Could not look: more than five redirects in a row.")
        case TroubleKind.BUSY:
            said = _("Could not look: the server says that it is busy or limits us, so we stopped.")
        case TroubleKind.LOCAL:
            said = _("Could not look: this computer could not open a connection.")
        case TroubleKind.STARVED:
            said = _("Could not look: this computer was too busy to read the answers in time.")
        case TroubleKind.NOT_GIVEN:
            said = _("Could not look: something that this check needs was not given.")
        case TroubleKind.NOT_CONTROLLED:
            said = _("Did not look: control of this host is not shown, so nothing active was sent to it.")
        case TroubleKind.OUR_FAULT:
            said = _("Could not look: the check itself failed. That is a fault of this program, not of your server.")
        case _:
            assert_never(trouble.kind)
    return f"{said} ({detail})" if detail else said


def next_step(trouble: Trouble) -> str:
    """What the person can do about it."""
    match trouble.kind:
        case TroubleKind.NO_ADDRESS:
            return _("Check the spelling and your network, then look again, or add evidence instead.")
        case TroubleKind.REFUSED_ADDRESS:
            return _(
                "If this host is meant to be on your own network, tick “on a private network” for it in the scope "
                "(on the command line --allow-private), then look again."
            )
        case TroubleKind.METADATA_ADDRESS:
            return _("Correct the address in the scope or in the name service.")
        case TroubleKind.NOT_TRUSTED:
            return _(
                "See the certificate check. If your company's own authority signed it, give that authority's "
                "certificate in the scope (on the command line --ca FILE), then look again."
            )
        case TroubleKind.INTERCEPTED:
            return _(
                "Look again from a network without such a device. If your company's own authority signed the "
                "certificate of the server, give that authority's certificate in the scope (on the command line "
                "--ca FILE), then look again."
            )
        case TroubleKind.HTTP2_ONLY:
            return _("Switch HTTP/1.1 on for the time of the look, or add the headers of an answer as evidence.")
        case TroubleKind.BODY_TOO_LONG | TroubleKind.COMPRESSED:
            return _("Add evidence instead: the headers of the answer, as your browser shows them.")
        case TroubleKind.BUSY:
            return _("Let this computer through your limiter, wait a minute, then look again, or add evidence instead.")
        case TroubleKind.CLOSED | TroubleKind.NO_TLS | TroubleKind.NOT_HTTP:
            return _("Check the port in the scope and that the service is running, then look again.")
        case TroubleKind.STARVED:
            return _("Close what keeps this computer busy, then look again.")
        case TroubleKind.NOT_GIVEN:
            return _("Give it and look again, or add evidence instead.")
        case TroubleKind.NOT_CONTROLLED:
            return _("Publish the line that “Control of the host” names, as a record or a file, then look again.")
        case TroubleKind.OUR_FAULT | TroubleKind.LOCAL:
            return _("Look again. If it happens again, report it, and add evidence instead.")
        case (
            TroubleKind.UNREACHABLE
            | TroubleKind.TIMEOUT
            | TroubleKind.BROKEN_OFF
            | TroubleKind.HEADERS_TOO_LONG
            | TroubleKind.TOO_MANY_INTERIM
            | TroubleKind.TOO_MANY_REDIRECTS
        ):
            return _("Is a VPN needed, or does a firewall keep us out? Look again, or add evidence instead.")
        case _:
            assert_never(trouble.kind)


def look_at_the_others() -> str:
    """What to do about addresses beyond those that are asked."""
    return _("Look again: the name service gives them in another order. Or add evidence for the others.")


def not_asked(more: int) -> str:
    """What is said of addresses beyond those that one look asks, without a stop at its end."""
    return ngettext("{n} more address was not asked", "{n} more addresses were not asked", more).format(n=more)
