"""Sending events: addresses that may be called, signatures, one attempt."""
