"""What a person does to an assessment, one file a subject."""
