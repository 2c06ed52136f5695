"""/api/ocds/: open contracting data for everybody, without a key."""
