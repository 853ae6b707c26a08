"""tus 1.0 at the center: protocol words, routes, receiving of bodies, and the storage of bytes.

Specification: https://tus.io/protocols/resumable-upload
"""
