"""Looks at the partner's own systems and reports what it saw, one file a check; `every.py` lists them."""
