"""Recording on this laptop: devices, ffmpeg, supervision, sealing while it runs, and a loopback API of its own.

Owns the camera, microphone and screen tracks of this machine's device. Never sends anything anywhere, never asks the
center, and never deletes what was recorded. ffmpeg is run as a supervised program; ``ffmpeg-python`` only builds its
arguments.
"""
