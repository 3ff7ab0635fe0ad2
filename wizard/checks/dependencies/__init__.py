"""Third-party libraries with known vulnerabilities: what is used, what is known about it, and what nobody could say."""
