"""Tests: ``unit/<package>``, ``integration``, ``acceptance``; builders and servers in ``support``."""
