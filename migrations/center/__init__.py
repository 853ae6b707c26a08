"""Migrations of the center's database; run at start by ``center.migration``."""
