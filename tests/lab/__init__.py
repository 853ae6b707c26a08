"""The virtual laptop: a Debian guest with a real camera driver and sound card, whose power is cut (``make lab``)."""
