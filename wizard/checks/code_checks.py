"""Every check of code and of samples, by hand on purpose, in reading order."""

from __future__ import annotations

from wizard.checks import apollo_authorization, apollo_scopes, public_secrets, repository_secrets, sample_secrets
from wizard.checks.base import Check
from wizard.checks.code.base import CodeCheck
from wizard.checks.dependencies import judging as dependencies
from wizard.checks.host_posture import HOST_CHECKS

CODE_CHECKS: tuple[CodeCheck | Check, ...] = (
    repository_secrets.CHECK,
    apollo_authorization.CHECK,
    apollo_scopes.CHECK,
    dependencies.CHECK,
    *(each.check for each in HOST_CHECKS),
    public_secrets.CHECK,
    sample_secrets.LOGS,
    sample_secrets.ADDRESSES,
)
