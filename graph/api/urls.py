"""API routes of this room, below /api/v1/."""

from django.urls import path

from graph.api import concepts, decisions, ontology, releases

app_name = "graph-api"
urlpatterns = [
    path("ontology", ontology.OntologyView.as_view(), name="ontology"),
    path("concepts", concepts.Concepts.as_view(), name="concepts"),
    path("concepts/<int:pk>", concepts.OneConcept.as_view(), name="concept"),
    path("concepts/<int:pk>/labels", concepts.Labels.as_view(), name="labels"),
    path("concepts/<int:pk>/labels/<int:label_id>", concepts.OneLabel.as_view(), name="label"),
    path("triples", concepts.Triples.as_view(), name="triples"),
    path("triples/<int:pk>", concepts.OneTriple.as_view(), name="triple"),
    path("triples/<int:pk>/trail", concepts.Trail.as_view(), name="trail"),
    path("decisions", decisions.Decisions.as_view(), name="decisions"),
    path("decisions/<uuid:batch>/undo", decisions.Undo.as_view(), name="undo"),
    path("changes", decisions.Changes.as_view(), name="changes"),
    path("releases", releases.Releases.as_view(), name="releases"),
    path("releases/<int:number>", releases.OneRelease.as_view(), name="release"),
    path("releases/<int:number>/diff", releases.Difference.as_view(), name="diff"),
    path("releases/<int:number>/diff/triples", releases.TripleDifferences.as_view(), name="diff-triples"),
    path("releases/<int:number>/diff/concepts", releases.ConceptDifferences.as_view(), name="diff-concepts"),
    path("releases/<int:number>/export/<str:format_name>", releases.Export.as_view(), name="export"),
]
