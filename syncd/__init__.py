"""The sync daemon: brings what is sealed in the spool to the center and comes back with a signed receipt.

Owns ``queue.db``. Never writes evidence except to finish what a dead recorder left behind (``host.salvage``), and never
deletes any without a receipt it has checked itself and the center's leave.
"""
