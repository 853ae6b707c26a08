"""What administrators do on their pages: hand in a project, look after it, and see whether all is ready.

Each concern has a module; routes only say who may ask. Acts on batches are those of ``center.staff``, reading a folder
is ``center.folder``, writing it ``center.importing``: nothing of them stands here a second time.
"""
