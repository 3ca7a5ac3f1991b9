"""API routes about people, below /api/v1/."""

from django.urls import path

from people.api import session, views, webhooks

urlpatterns = [
    path("me", views.Me.as_view(), name="api-me"),
    path("session", session.Session.as_view(), name="api-session"),
    path("people", views.People.as_view(), name="api-people"),
    path("people/<int:pk>", views.Person.as_view(), name="api-person"),
    path("invitations", views.Invitations.as_view(), name="api-invitations"),
    path("invitations/<int:pk>/revoke", views.RevokeInvitation.as_view(), name="api-revoke-invitation"),
    path("webhooks", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<int:pk>", webhooks.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<int:pk>/rotate", webhooks.Rotate.as_view(), name="api-rotate-webhook"),
    path("webhooks/<int:pk>/test", webhooks.Test.as_view(), name="api-test-webhook"),
    path("webhooks/<int:pk>/deliveries", webhooks.Deliveries.as_view(), name="api-deliveries"),
    path("deliveries/<int:pk>/resend", webhooks.Resend.as_view(), name="api-resend"),
    path("tokens", views.Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:pk>", views.Token.as_view(), name="api-token"),
]
