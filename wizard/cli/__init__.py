"""The same without a window: run checks, status, export, verify, lint."""
