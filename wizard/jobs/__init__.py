"""Runs slow work on its own thread and posts events."""
