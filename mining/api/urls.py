"""API routes of this room, below /api/v1/."""

from django.urls import path

from mining.api import candidates, corpora, encoders, judging, learning, proposed, run_record, runs
from mining.views.images import image

urlpatterns = [
    path("corpora", corpora.Corpora.as_view(), name="api-corpora"),
    path("documents", corpora.Documents.as_view(), name="api-documents"),
    path("documents/<int:pk>", corpora.OneDocument.as_view(), name="api-document"),
    path("sentences/<int:pk>", corpora.OneSentence.as_view(), name="api-sentence"),
    path("imports", corpora.Imports.as_view(), name="api-imports"),
    path("runs", runs.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>", runs.OneRun.as_view(), name="api-run"),
    path("runs/<int:pk>/record", run_record.RunRecord.as_view(), name="api-run-record"),
    path("runs/<int:pk>/compare/<int:other>", run_record.CompareRuns.as_view(), name="api-compare-runs"),
    path("runs/<int:pk>/cancel", runs.CancelRun.as_view(), name="api-cancel-run"),
    path("runs/<int:pk>/log", runs.RunLog.as_view(), name="api-run-log"),
    path("runs/<int:pk>/errors", runs.RunErrors.as_view(), name="api-run-errors"),
    path("judgings", judging.StartJudging.as_view(), name="api-start-judging"),
    path("judgings/<int:campaign_id>", judging.JudgingReport.as_view(), name="api-judging"),
    path("encoders", encoders.Encoders.as_view(), name="api-encoders"),
    path("encoders/<int:pk>", encoders.OneEncoder.as_view(), name="api-encoder"),
    path("candidates", candidates.Candidates.as_view(), name="api-candidates"),
    path("candidates/<int:pk>", candidates.OneCandidate.as_view(), name="api-candidate"),
    path("relation-candidates", proposed.Relations.as_view(), name="api-relation-candidates"),
    path("relation-candidates/<int:pk>", proposed.OneRelation.as_view(), name="api-relation-candidate"),
    path("image-candidates", proposed.ImageTexts.as_view(), name="api-image-candidates"),
    path("image-candidates/<int:pk>", proposed.OneImageText.as_view(), name="api-image-candidate"),
    path("images/<str:digest>", image, name="api-image"),
    path(
        "campaigns/<int:campaign_id>/model-versions",
        learning.CampaignModelVersions.as_view(),
        name="api-model-versions",
    ),
    path("campaigns/<int:campaign_id>/train", learning.Train.as_view(), name="api-train"),
    path("model-versions/<int:pk>", learning.ModelVersionDetail.as_view(), name="api-model-version"),
    path("model-versions/<int:pk>/live", learning.MakeLive.as_view(), name="api-make-live"),
    path("label-sets/<int:pk>", learning.LabelSetDetail.as_view(), name="api-label-set"),
    path("label-sets/<int:pk>/items", learning.LabelSetItems.as_view(), name="api-label-set-items"),
]
