"""The fault lab: real programs on a line and disks that are ruined by plan, and what must be true afterwards."""
