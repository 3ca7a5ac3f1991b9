"""People: users and their roles, invitations, API tokens, and the one access rule for every route."""
