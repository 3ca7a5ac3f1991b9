"""Pages about people."""

from django.urls import path

from people.views import account, people, webhooks

app_name = "people"
urlpatterns = [
    path("login", account.Login.as_view(), name="login"),
    path("logout", account.Logout.as_view(), name="logout"),
    path("invitation/<str:secret>", account.sign_up, name="sign-up"),
    path("account", account.account, name="account"),
    path("account/tokens/<int:token_id>/revoke", account.revoke_own_token, name="revoke-token"),
    path("account/preferences", account.preferences, name="preferences"),
    path("page-language", account.page_language, name="page-language"),
    path("people/", people.people, name="people"),
    path("people/<int:user_id>", people.person, name="person"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>", webhooks.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/<str:verb>", webhooks.act, name="webhook-act"),
    path("webhooks/deliveries/<int:delivery_id>/resend", webhooks.resend, name="webhook-resend"),
    path("people/invitations/<int:invitation_id>/revoke", people.revoke, name="revoke-invitation"),
]
