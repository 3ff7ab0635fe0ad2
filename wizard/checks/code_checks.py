"""Every check whose subjects are the repositories of the scope, by hand on purpose, in reading order."""

from __future__ import annotations

from wizard.checks import apollo_authorization, repository_secrets
from wizard.checks.code.base import CodeCheck
from wizard.checks.dependencies import judging as dependencies

CODE_CHECKS: tuple[CodeCheck, ...] = (
    repository_secrets.CHECK,
    apollo_authorization.CHECK,
    dependencies.CHECK,
)
