"""A simulated crowd that goes through the real routes of a running server."""
