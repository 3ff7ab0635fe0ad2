"""How the code authorises itself to Apollo: OAuth only, an API key, both, or nobody can tell (CHK-OAUTH)."""

from __future__ import annotations

from wizard.checks.code.base import CodeCheck
from wizard.domain.language import _
from wizard.domain.observation import Level

CHECK = CodeCheck(
    id="apollo-authorization",
    title=lambda: _("The code authorises itself to Apollo by OAuth only"),
    level=Level.RECOMMENDED,
    source="Apollo Marketplace: Feature Your Integration, Eligibility",
    aliases=("APOLLO-01", "CHK-OAUTH-CODE"),
)
