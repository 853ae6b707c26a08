"""Reviewing a session: its footage by center time, marks, conclusions. Names and numbers of candidates stay outside."""
