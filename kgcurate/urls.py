"""Every route of the project: pages by room, the API below /api/v1/."""

from django.urls import include, path

from kgcurate import views
from kgcurate.health import health
from kgcurate.operations import views as operations
from people.access import PUBLIC, requires

urlpatterns = [
    # The routes that are asked most stand first: Django goes through them in this order.
    path("api/v1/", include("annotation.api.urls")),
    path("api/v1/operations", operations.Operations.as_view(), name="api-operations"),
    path("api/v1/operations/metrics", operations.scrape, name="api-metrics"),
    path("api/v1/schema/", views.Schema.as_view(), name="schema"),
    path("api/v1/", include("people.api.urls")),
    path("api/v1/", include("graph.api.urls")),
    path("api/v1/", include("mining.api.urls")),
    path("", views.home, name="home"),
    path("health", requires(PUBLIC)(health), name="health"),
    path("operations/", operations.operations, name="operations"),
    path("", include("people.urls")),
    path("", include("graph.urls")),
    path("", include("annotation.urls")),
    path("", include("mining.urls")),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.failed
