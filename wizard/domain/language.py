"""Says things in the person's language: every sentence that people read passes through here, late."""

import gettext
from pathlib import Path

_translations: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str, folder: Path) -> None:
    """Speak `language` (a POSIX locale name) from the catalogues below `folder`; English where there are none."""
    global _translations
    _translations = gettext.translation("attestry", folder, languages=[language], fallback=True)


def pretend(translations: gettext.NullTranslations) -> None:
    """Speak through `translations`; the picture tests pass a pseudo-language."""
    global _translations
    _translations = translations


def _(message: str) -> str:
    """`message` in the person's language."""
    return _translations.gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The singular or plural of a sentence for `n` things, in the person's language."""
    return _translations.ngettext(one, many, n)
