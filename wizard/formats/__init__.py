"""Reads hostile bytes safely. Knows no check and no report."""
