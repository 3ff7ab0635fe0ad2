"""Reads other tools' reports into entries with severity, one file a format, chosen by content and never by name."""
