"""The one error of the servers."""


class ServerError(Exception):
    """Something a person has to put right; the message is one line and says what."""
