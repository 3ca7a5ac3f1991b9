"""Errors written for the person who caused them."""


class UserError(Exception):
    """Base of errors whose message is written for the person who caused them.

    Pages show the message; the API answers 409 with it.
    """
