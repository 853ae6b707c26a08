"""Migrations of ``queue.db``."""
