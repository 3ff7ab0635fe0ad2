"""Everything a person can do to an assessment, one method each."""
