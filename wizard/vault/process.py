"""Keeps the memory of this process, with the keys in it, out of core files and other programs, where the system can."""

from __future__ import annotations

import ctypes
import os
import sys

_PR_SET_DUMPABLE = 4  # prctl(2)
_NO_FAULT_BOX = 0x0001 | 0x0002  # SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX: no error report with memory in it


def harden() -> tuple[str, ...]:
    """No core file, no debugger of the same user on Linux; returns what took hold, by name. Call it first of all.

    Malware of the same user is not kept out by this, and nothing here claims so.
    """
    done = []
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        done.append("no-core-file")
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0:
        done.append("not-dumpable")
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(_NO_FAULT_BOX)
        done.append("no-error-report")
    return tuple(done)
