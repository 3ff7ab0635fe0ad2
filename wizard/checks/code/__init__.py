"""Looks at code on this computer: secrets, dependencies, and how it authorises itself to Apollo. It opens no socket."""

from __future__ import annotations

from wizard.checks import apollo_authorization, repository_secrets
from wizard.checks.code.base import CodeCheck

#: Every check whose subjects are repositories, by hand on purpose.
CODE_CHECKS: tuple[CodeCheck, ...] = (
    repository_secrets.CHECK,
    apollo_authorization.CHECK,
)
