"""The one command and the demo: composition only. Nothing below imports from here."""
