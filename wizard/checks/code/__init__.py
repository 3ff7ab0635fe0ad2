"""Looks at code on this computer: secrets, and how it authorises itself to Apollo. It opens no socket.

The checks whose subjects are repositories are listed in `wizard.checks.code_checks.CODE_CHECKS`.
"""
