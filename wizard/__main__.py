"""Starts Attestry: the window, a command of the shell, or the limited child."""

from __future__ import annotations

import sys


def main() -> int:
    """Run what the arguments ask for and return the exit code."""
    if sys.argv[1:2] == ["--worker"]:
        from wizard import worker

        return worker.main()
    from wizard import app

    return app.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
