"""API routes of this room, below /api/v1/."""

from django.urls import URLPattern

app_name = "annotation-api"
urlpatterns: list[URLPattern] = []
