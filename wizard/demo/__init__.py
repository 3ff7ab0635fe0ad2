"""The demonstration: a small imperfect partner on this machine, and a whole assessment of it through the real code."""
