"""Pages of this room."""

from django.urls import path

from mining.views import candidates, corpora, encoders, images, judging, learning, overview, run_record, runs

app_name = "mining"
urlpatterns = [
    path("overview", overview.overview, name="overview"),
    path("corpora/", corpora.corpora, name="corpora"),
    path("corpora/import", corpora.import_files, name="import"),
    path("corpora/import/<str:token>", corpora.import_columns, name="import-columns"),
    path("corpora/<int:corpus_id>", corpora.corpus, name="corpus"),
    path("corpora/documents/<int:document_id>", corpora.document, name="document"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:run_id>", runs.run, name="run"),
    path("runs/<int:run_id>/cancel", runs.cancel, name="cancel-run"),
    path("runs/<int:run_id>/errors", runs.errors, name="run-errors"),
    path("runs/mine", runs.mine, name="mine"),
    path("runs/compare", run_record.compare, name="compare-runs"),
    path("runs/compare.csv", run_record.compare_csv, name="compare-runs-csv"),
    path("runs/<int:run_id>/record", run_record.record, name="run-record"),
    path("runs/<int:run_id>/record/<int:place>", run_record.story, name="run-story"),
    path("judging/new", judging.start, name="start-judging"),
    path("judging/<int:campaign_id>", judging.report, name="judging"),
    path("encoders/", encoders.encoders, name="encoders"),
    path("encoders/train", encoders.train, name="train-encoder"),
    path("encoders/<int:encoder_id>", encoders.encoder, name="encoder"),
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/<int:candidate_id>", candidates.candidate, name="candidate"),
    path("images/<str:digest>", images.image, name="image"),
    path("campaigns/<int:campaign_id>/learning", learning.learning_page, name="learning"),
    path("campaigns/<int:campaign_id>/learning/run", learning.learning_run, name="learning-run"),
    path("campaigns/<int:campaign_id>/train", learning.train, name="train"),
    path("campaigns/<int:campaign_id>/models/<int:number>/live", learning.make_live, name="make-live"),
]
