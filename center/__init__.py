"""The receiving side: enrols devices, takes uploads, verifies them and signs for them.

Owns the database, the stored evidence and the center's keys. Decides; devices are never trusted. Never reads
the environment, and never imports the recorder, the sync daemon or the user interface.
"""
