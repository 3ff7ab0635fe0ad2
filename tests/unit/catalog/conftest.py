"""The shipped questionnaire, and a small one that tests break on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard import resources
from wizard.catalog.toml_folder import load
from wizard.checks.answers import CHECK_IDS
from wizard.checks.code_checks import CODE_CHECKS
from wizard.checks.every import CHECKS
from wizard.checks.reports import REPORT_CHECK_IDS
from wizard.domain.questionnaire import Questionnaire

LOOKS = frozenset(check.id for check in (*CHECKS, *CODE_CHECKS))


@pytest.fixture(scope="session")
def known_checks() -> frozenset[str]:
    return CHECK_IDS | REPORT_CHECK_IDS | LOOKS


@pytest.fixture(scope="session")
def shipped_folder() -> Path:
    return resources.questionnaires() / "apollo-marketplace"


@pytest.fixture(scope="session")
def shipped(shipped_folder: Path, known_checks: frozenset[str]) -> Questionnaire:
    return load(shipped_folder, known_checks)
