"""Staff accounts: roles and rights, password and second factor, signing in and out.

Nobody's password, one-time secret or token leaves this package; the database keeps Argon2id, the shared secret of the
second factor, and SHA-256.
"""
