"""Pages of this room."""

from django.urls import path

from graph.views import changes, concepts, ontology, queue, releases

app_name = "graph"
urlpatterns = [
    path("graph/queue", queue.queue, name="queue"),
    path("graph/queue/triples/<int:pk>", queue.triple_pane, name="triple-pane"),
    path("graph/queue/concepts/<int:pk>", queue.concept_pane, name="concept-pane"),
    path("graph/queue/confirm", queue.confirm, name="confirm"),
    path("graph/decide", queue.decide, name="decide"),
    path("graph/undo", queue.undo, name="undo"),
    path("graph/concepts", concepts.concepts, name="concepts"),
    path("graph/concepts/<int:pk>", concepts.concept, name="concept"),
    path("graph/concepts/<int:pk>/labels", concepts.add_label, name="add-label"),
    path("graph/concepts/<int:pk>/labels/<int:label_id>/remove", concepts.remove_label, name="remove-label"),
    path("graph/triples/<int:pk>", concepts.triple, name="triple"),
    path("graph/releases", releases.releases, name="releases"),
    path("graph/releases/<int:number>", releases.release, name="release"),
    path("graph/releases/<int:number>/export/<str:format>", releases.download, name="export"),
    path("graph/changes", changes.changes, name="changes"),
    path("graph/ontology", ontology.ontology, name="ontology"),
]
