"""What several tests build with: waiting, servers, virtual desktop, peers."""
