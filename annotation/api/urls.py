"""API routes of this room, below /api/v1/."""

from django.urls import path

from annotation.api import campaigns, exchanges, exports, gold, judging, practice, quality, reading

app_name = "annotation-api"
urlpatterns = [
    path("campaigns", campaigns.Campaigns.as_view(), name="campaigns"),
    path("campaigns/estimate", campaigns.Estimate.as_view(), name="estimate"),
    path("campaigns/<int:pk>", campaigns.OneCampaign.as_view(), name="campaign"),
    path("campaigns/<int:pk>/fill", campaigns.Fill.as_view(), name="fill"),
    path("campaigns/<int:pk>/start", campaigns.Start.as_view(), name="start"),
    path("campaigns/<int:pk>/pause", campaigns.Pause.as_view(), name="pause"),
    path("campaigns/<int:pk>/finish", campaigns.Finish.as_view(), name="finish"),
    path("campaigns/<int:pk>/guidelines", campaigns.Guidelines.as_view(), name="guidelines"),
    path("campaigns/<int:pk>/export/<str:table>/<str:file_format>", exports.Export.as_view(), name="export"),
    path("campaigns/<int:pk>/exports", exports.Exports.as_view(), name="exports"),
    path("exports/<int:pk>", exports.OneExport.as_view(), name="one-export"),
    path("exports/<int:pk>/file", exports.WrittenExport.as_view(), name="written-export"),
    path("campaigns/<int:pk>/next", judging.Next.as_view(), name="next"),
    path("campaigns/<int:pk>/judgments", judging.Answer.as_view(), name="judgments-of"),
    path("campaigns/<int:pk>/people", quality.People.as_view(), name="people-of"),
    path("campaigns/<int:pk>/people/<int:annotator>", quality.OnePerson.as_view(), name="person-of"),
    path("campaigns/<int:pk>/exchanges", exchanges.Exchanges.as_view(), name="exchanges"),
    path("campaigns/<int:pk>/exchanges/file", exchanges.ImportFile.as_view(), name="exchange-file"),
    path("campaigns/<int:pk>/label-studio", exchanges.Export.as_view(), name="label-studio"),
    path("exchanges/<int:pk>", exchanges.OneExchange.as_view(), name="exchange"),
    path("judgments", reading.Judgments.as_view(), name="judgments"),
    path("judgments/<uuid:pk>", judging.Withdraw.as_view(), name="judgment"),
    path("tasks", reading.Tasks.as_view(), name="tasks"),
    path("tasks/<int:pk>", reading.OneTask.as_view(), name="task"),
    path("tasks/<int:pk>/split", judging.Split.as_view(), name="split"),
    path("verdicts", reading.Verdicts.as_view(), name="verdicts"),
    path("disputes", quality.Disputes.as_view(), name="disputes"),
    path("campaigns/<int:pk>/gold", gold.KnownAnswers.as_view(), name="known-answers"),
    path("campaigns/<int:pk>/quality-report", gold.Report.as_view(), name="quality-report"),
    path("campaigns/<int:pk>/quality", gold.Quality.as_view(), name="quality"),
    path("tasks/<int:pk>/gold", gold.KnownAnswer.as_view(), name="known-answer"),
    path("campaigns/<int:pk>/standing", practice.OwnStanding.as_view(), name="own-standing"),
    path("campaigns/<int:pk>/attempts", practice.Attempts.as_view(), name="attempts"),
    path("attempts/<int:pk>/answers", practice.AttemptAnswers.as_view(), name="attempt-answers"),
    path("appeals", gold.Appeals.as_view(), name="appeals"),
    path("appeals/<int:pk>/decide", gold.DecideAppeal.as_view(), name="appeal-decide"),
    path("verdicts/<int:pk>/decide", quality.Decide.as_view(), name="decide"),
    path("verdicts/<int:pk>", reading.OneVerdict.as_view(), name="verdict"),
    path("guidelines/<int:pk>/again", gold.AskAnew.as_view(), name="ask-anew"),
    path("guidelines/<int:pk>", campaigns.OneGuideline.as_view(), name="guideline"),
]
