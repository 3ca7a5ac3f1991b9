"""Pages of this room."""

from django.urls import path, re_path

from annotation.views import (
    annotators,
    campaigns,
    disputes,
    exports,
    gold,
    label_studio,
    practice,
    reask,
    tasks,
    wizard,
    work,
)

app_name = "annotation"
urlpatterns = [
    path("work/", work.work, name="work"),
    path("work/history", work.history, name="history"),
    path("work/history/<uuid:judgment_id>/undo", work.undo, name="undo"),
    re_path(r"^work/(?P<campaign_id>\d{1,18})/(?P<mode>test|training)$", practice.practice, name="practice"),
    path("work/<int:campaign_id>/", work.task, name="task"),
    path("disputes/", disputes.queue, name="disputes"),
    path("disputes/<int:verdict_id>", disputes.pane, name="dispute"),
    path("disputes/<int:verdict_id>/decide", disputes.decide, name="dispute-decide"),
    path("disputes/<int:verdict_id>/undo", disputes.undo, name="dispute-undo"),
    path("disputes/appeals", gold.appeals, name="appeals"),
    path("disputes/appeals/<int:appeal_id>", gold.decide_appeal, name="appeal-decide"),
    path("work/history/<uuid:judgment_id>/appeal", gold.appeal, name="appeal"),
    path("campaigns/<int:campaign_id>/gold", gold.gold, name="gold"),
    path("campaigns/<int:campaign_id>/gold/<int:task_id>", gold.act, name="gold-act"),
    path("campaigns/<int:campaign_id>/annotators", annotators.annotators, name="annotators"),
    path(
        "campaigns/<int:campaign_id>/annotators/<int:annotator_id>",
        annotators.decide,
        name="annotator-decide",
    ),
    path("campaigns/<int:campaign_id>/guideline/again", reask.again, name="reask"),
    path("campaigns/<int:campaign_id>/quality", gold.quality, name="quality"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new", wizard.step, {"name": "kind"}, name="campaign-new"),
    path("campaigns/new/<str:name>", wizard.step, name="campaign-step"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    re_path(
        r"^campaigns/(?P<campaign_id>\d{1,18})/(?P<verb>start|pause|finish)$",
        campaigns.move,
        name="campaign-move",
    ),
    path("campaigns/<int:campaign_id>/fill", campaigns.fill, name="campaign-fill"),
    path("campaigns/<int:campaign_id>/change", campaigns.change, name="campaign-change"),
    path("campaigns/<int:campaign_id>/export", exports.exports, name="exports"),
    path("exports/<int:file_id>/file", exports.export_file, name="export-file"),
    path("campaigns/<int:campaign_id>/export/<str:table>/<str:format>", exports.download, name="export"),
    path("campaigns/<int:campaign_id>/guideline", campaigns.guideline, name="guideline"),
    path("campaigns/<int:campaign_id>/label-studio", label_studio.exchanges, name="label-studio"),
    path("campaigns/<int:campaign_id>/label-studio/start", label_studio.start, name="label-studio-start"),
    path("campaigns/<int:campaign_id>/label-studio/file", label_studio.download, name="label-studio-file"),
    path("campaigns/<int:campaign_id>/tasks", tasks.tasks, name="tasks"),
    path("campaigns/<int:campaign_id>/tasks/<int:task_id>", tasks.task, name="task-detail"),
    path("campaigns/<int:campaign_id>/tasks/<int:task_id>/split", tasks.split, name="task-split"),
]
