"""Database migrations (alembic), one tree per database, shipped inside the wheel and run at start."""
