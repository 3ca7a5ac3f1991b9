"""API routes of this room, below /api/v1/."""

from django.urls import URLPattern

app_name = "graph-api"
urlpatterns: list[URLPattern] = []
