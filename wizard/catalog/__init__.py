"""Reads a questionnaire and says exactly what is wrong with it and where."""
