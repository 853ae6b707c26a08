"""Other people's programs that ours are measured beside; one file each, as shipped, with their default settings."""
