"""The candidate's window: session flow, local page server, launcher.

Knows the center only through ``ui.centerclient`` and the recorder and syncd only through their loopback APIs. Holds no
rule of its own: stages and gates are ``domain.stage``'s, verdicts are the center's.
"""
