"""Users, invitations, tokens, and the trail of what people and machines changed."""

from people.models.change import Change
from people.models.invitation import Invitation
from people.models.secret import digest
from people.models.token import ApiToken
from people.models.user import MOST_A_DAY, Hand, Role, User

__all__ = ["MOST_A_DAY", "ApiToken", "Change", "Hand", "Invitation", "Role", "User", "digest"]
