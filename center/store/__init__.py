"""All SQL of the center: one writer, many readers, plain queries by subject.

Nothing outside this package builds a query. Statements are portable: SQLite now, PostgreSQL with several
workers.
"""
