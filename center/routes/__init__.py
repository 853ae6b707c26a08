"""The center's HTTP routes, a file a concern: read the order, ask who may, call what decides, answer. No rules here."""
