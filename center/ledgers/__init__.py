"""Ledgers of a project: who came, who is confirmed, who still has to upload, what went wrong, consents, access.

Reads; changes nothing. The rules are in ``domain``. Every look and every export is put into the audit by the routes.
"""
