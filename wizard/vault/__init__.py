"""Keeps assessments and evidence sealed on this machine."""
