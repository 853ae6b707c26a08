"""The shared vocabulary: frozen types and pure functions.

Owns what a session, track, run, segment, gap, seal, chain, manifest, receipt and window *are*.
Never touches a disk, a socket, a clock or a source of random numbers: those are handed in.
"""
