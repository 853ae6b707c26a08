"""What staff see live: everybody of a project, judged by ``domain.risk``. Changes nothing."""
