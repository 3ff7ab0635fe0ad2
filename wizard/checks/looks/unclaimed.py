"""What hosting services answer for a name that nobody has claimed with them.

Services and phrases after “can-i-take-over-xyz” (CC BY 4.0, as of February 2025), without those whose phrase any site
may say. What is told there of a service may be out of date, so a phrase is a warning and never a failure.
"""

from __future__ import annotations

#: How the names of a service end, and what its page says.
_PHRASES = (
    ("agilecrm.com", "Sorry, this page is no longer available."),
    ("amazonaws.com", "The specified bucket does not exist"),
    ("animaapp.io", "If this is your website and you've just created it, try refreshing in a minute"),
    ("bitbucket.io", "Repository not found"),
    ("ghost.io", "The thing you were looking for is no longer here, or never was"),
    ("github.io", "There isn't a GitHub Pages site here."),
    ("hatenablog.com", "404 Blog is not found"),
    ("helpjuice.com", "We could not find what you're looking for."),
    ("helpscoutdocs.com", "No settings were found for this company:"),
    ("herokuapp.com", "No such app"),
    ("herokudns.com", "No such app"),
    ("myshopify.com", "Sorry, this shop is currently unavailable."),
    ("netlify.app", "Not Found - Request ID:"),
    ("pantheonsite.io", "404 error unknown site!"),
    ("readme.io", "Project doesnt exist... yet!"),
    ("surge.sh", "project not found"),
    ("tumblr.com", "Whatever you were looking for doesn't currently exist at this address"),
    ("wordpress.com", "Do you want to register"),
    ("youtrack.cloud", "is not a registered InCloud YouTrack"),
)


def phrases_in(body: str) -> tuple[str, ...]:
    """The phrases that stand in a body, each once, so that a record can keep them without the rest."""
    return tuple(dict.fromkeys(phrase for _service, phrase in _PHRASES if phrase in body))


def phrase_of(name: str, body: str) -> str:
    """What the service that a name leads to says there when nobody has claimed it; "" when it does not."""
    for service, phrase in _PHRASES:
        if (name == service or name.endswith("." + service)) and phrase in body:
            return phrase
    return ""
