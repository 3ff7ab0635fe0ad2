"""Carries requests, signed entries and evidence between people, sealed, by any channel."""
