"""What can be recorded here: one module per system, each listing its devices and saying how ffmpeg opens them.

Listing never opens a camera or a microphone. ``catalog`` joins the lists and chooses.
"""
