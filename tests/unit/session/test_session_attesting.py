"""What is frozen for signing."""

from wizard.document.renderer import renderer
from wizard.session.deeds import attesting


def test_the_frozen_data_name_what_draws_them_so_that_an_update_is_not_called_a_forgery(session):
    assert attesting.draft(session).fonts == renderer()
