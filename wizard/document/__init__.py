"""Turns an attestation into a signed PDF and its machine-readable twin, and verifies one."""
