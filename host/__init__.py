"""This machine's plumbing: folders, durable writes, clocks, the spool, sealing, salvage, locks, local APIs, facts.

Used by recorder, syncd and ui alike. Knows nothing of ffmpeg's arguments, of the queue or of the center's API.
"""
