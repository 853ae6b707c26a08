"""syncd as a background service of the user: one small file per service manager.

``choice`` picks the one of this system, ``program`` says what is run, ``leave`` when it may be removed. Never touches
evidence, and never runs anything as another user.
"""
