"""Users, invitations, tokens, and the trail of what people and machines changed."""

from people.models.change import Change
from people.models.invitation import Invitation
from people.models.secret import digest
from people.models.token import ApiToken
from people.models.user import MOST_A_DAY, Hand, Role, User
from people.models.webhook import Delivery, DeliveryStatus, Event, EventName, Webhook

__all__ = [
    "MOST_A_DAY",
    "ApiToken",
    "Change",
    "Delivery",
    "DeliveryStatus",
    "Event",
    "EventName",
    "Hand",
    "Invitation",
    "Role",
    "User",
    "Webhook",
    "digest",
]
