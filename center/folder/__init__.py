"""A project as a folder that a human can write: TOML, a CSV roster, photos, attachments, questions.

Owns reading and checking it as a whole. Never writes anything: ``center.importing`` does, and only what had no mistake.
"""
