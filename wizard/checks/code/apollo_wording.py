"""The sentences that people read about how code authorises itself to Apollo."""

from __future__ import annotations

from wizard.checks.code.apollo import ApolloVerdict, Note
from wizard.checks.code.apollo_clues import Clue
from wizard.domain.language import _


def verdict_in_words(verdict: ApolloVerdict, *, whole: bool) -> str:
    """What the code says about how it authorises itself; `whole` when all of it was looked at."""
    match verdict:
        case ApolloVerdict.OAUTH_ONLY:
            return _("The code reaches Apollo by OAuth, and no API key was seen.")
        case ApolloVerdict.API_KEY:
            return _("The code reaches Apollo with an API key, and OAuth was not seen.")
        case ApolloVerdict.BOTH:
            return _("The code reaches Apollo by OAuth and with an API key, so OAuth is not the only way.")
        case ApolloVerdict.UNDETERMINED:
            return _("The code speaks of Apollo, but does not show how it authorises itself. Say how, with evidence.")
        case ApolloVerdict.NO_APOLLO_IO:
            return _("This code does not call Apollo.io.") if whole else _("Nothing seen here calls Apollo.io.")
        case ApolloVerdict.BAD_OAUTH:
            return _("The code uses a grant that hands over passwords or tokens. Use the authorization code grant.")
        case ApolloVerdict.BAD_AUTH:
            return _("The code signs in to Apollo with a user's password. Remove that, and use OAuth.")


def note_in_words(note: Note) -> str:
    """What else is worth saying about it."""
    match note:
        case Note.NO_STATE:
            return _("No state value was seen beside the authorize address: it protects the callback from strangers.")
        case Note.NO_REFRESH:
            return _("No refresh of tokens was seen: an access token ends after 30 days.")
        case Note.FRONT_END_SECRET:
            return _("A secret stands in code for the browser, or is handed there by its name: everyone can read it.")
        case Note.KEY_IN_TESTS:
            return _("An API key is used in tests or documents only.")
        case Note.ANOTHER_APOLLO:
            return _("Another product called Apollo is used here; it was left out.")
        case Note.MCP:
            return _("Apollo's MCP server is called, which has its own sign-in.")
        case Note.ONLY_IN_COMMENTS:
            return _("Apollo.io is named in comments or documents only.")
        case Note.KEY_ASKED:
            return _("The code asks people for an Apollo API key.")
        case Note.KEY_UNCLEAR:
            return _("A key header is sent, and the code does not show to whom.")
        case Note.PASSWORD_OF_A_USER:
            return _("A user's password is sent to Apollo.")


#: Clues that OAuth is not the only way, or not the right one.
AGAINST = frozenset(
    (
        Clue.KEY_HEADER,
        Clue.KEY_PARAMETER,
        Clue.KEY_NAME,
        Clue.KEY_ASKED,
        Clue.PASSWORD_GRANT,
        Clue.IMPLICIT_GRANT,
        Clue.USER_PASSWORD,
        Clue.FRONT_END_SECRET,
    )
)


def clue_in_words(clue: Clue) -> str:
    """What a line of code shows."""
    match clue:
        case Clue.HOST:
            return _("Address of Apollo's API")
        case Clue.MCP:
            return _("Address of Apollo's MCP server")
        case Clue.AUTHORIZE_URL:
            return _("Address where people agree")
        case Clue.TOKEN_URL:
            return _("Address where tokens are fetched")
        case Clue.GRANT:
            return _("Authorization code grant")
        case Clue.CLIENT:
            return _("OAuth client's id or secret")
        case Clue.BEARER:
            return _("Access token is sent")
        case Clue.REFRESH:
            return _("Token is refreshed")
        case Clue.STATE:
            return _("State value")
        case Clue.SCOPE:
            return _("Permissions that are asked for")
        case Clue.KEY_HEADER:
            return _("API key in a header")
        case Clue.KEY_PARAMETER:
            return _("API key in an address or body")
        case Clue.KEY_NAME:
            return _("Name of an API key")
        case Clue.KEY_MAYBE:
            return _("Key header, to whom is unclear")
        case Clue.KEY_ASKED:
            return _("People are asked for an API key")
        case Clue.PASSWORD_GRANT:
            return _("Password grant")
        case Clue.IMPLICIT_GRANT:
            return _("Implicit grant")
        case Clue.USER_PASSWORD:
            return _("A user's password is sent")
        case Clue.FRONT_END_SECRET:
            return _("Secret in code for browsers")
        case Clue.OTHER_APOLLO:
            return _("Another product called Apollo")
