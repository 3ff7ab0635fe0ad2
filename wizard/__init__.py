"""Attestry: from an empty machine to a signed attestation of Apollo's Marketplace security requirements."""

__version__ = "0.1.0"
