"""The table of role and route: who may open what, written out so that a change of it is seen in review."""

import re
import uuid

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from people.access import PUBLIC, every_route_declares_its_role, role_needed, routes
from people.models import Role
from tests.factories.people import make_user

# route, least role to read, least role to write
TABLE = """
home                         annotator  annotator
health                       public     public
operations                   admin      admin
people:login                 public     public
people:logout                public     public
people:sign-up               public     public
people:account               annotator  annotator
people:revoke-token          annotator  annotator
people:preferences           annotator  annotator
people:page-language         public     public
people:people                admin      admin
people:person                admin      admin
people:revoke-invitation     admin      admin
people:webhooks              admin      admin
people:webhook               admin      admin
people:webhook-act           admin      admin
people:webhook-resend        admin      admin
graph:queue                  curator    curator
graph:triple-pane            curator    curator
graph:concept-pane           curator    curator
graph:confirm                curator    curator
graph:decide                 curator    curator
graph:undo                   curator    curator
graph:concepts               curator    curator
graph:concept                curator    curator
graph:add-label              curator    curator
graph:remove-label           curator    curator
graph:triple                 curator    curator
graph:releases               curator    curator
graph:release                curator    curator
graph:export                 curator    curator
graph:changes                curator    curator
graph:ontology               curator    admin
annotation:work              annotator  annotator
annotation:history           annotator  annotator
annotation:undo              annotator  annotator
annotation:practice          annotator  annotator
annotation:task              annotator  annotator
annotation:disputes          curator    curator
annotation:dispute           curator    curator
annotation:dispute-decide    curator    curator
annotation:dispute-undo      curator    curator
annotation:appeals           curator    curator
annotation:appeal-decide     curator    curator
annotation:appeal            annotator  annotator
annotation:gold              curator    curator
annotation:gold-act          curator    curator
annotation:annotators        curator    curator
annotation:annotator-decide  admin      admin
annotation:reask             curator    curator
annotation:quality           admin      admin
annotation:campaigns         curator    curator
annotation:campaign-new      admin      admin
annotation:campaign-step     admin      admin
annotation:campaign          curator    curator
annotation:campaign-move     admin      admin
annotation:campaign-fill     admin      admin
annotation:campaign-change   admin      admin
annotation:exports           curator    curator
annotation:export            curator    curator
annotation:export-file       curator    curator
annotation:guideline         curator    curator
annotation:label-studio      curator    curator
annotation:label-studio-start admin     admin
annotation:label-studio-file admin      admin
annotation:tasks             curator    curator
annotation:task-split        curator    curator
annotation:task-detail       curator    curator
mining:overview              admin      admin
mining:corpora               curator    curator
mining:import                admin      admin
mining:import-columns        admin      admin
mining:corpus                curator    curator
mining:document              curator    curator
mining:runs                  curator    curator
mining:run                   curator    curator
mining:cancel-run            admin      admin
mining:run-errors            curator    curator
mining:mine                  admin      admin
mining:start-judging         admin      admin
mining:judging               curator    curator
mining:encoders              curator    curator
mining:train-encoder         admin      admin
mining:encoder               curator    curator
mining:compare-runs          curator    curator
mining:compare-runs-csv      curator    curator
mining:run-record            curator    curator
mining:run-story             curator    curator
mining:candidates            curator    curator
mining:candidate             curator    curator
mining:image                 annotator  annotator
mining:learning              curator    curator
mining:learning-run          curator    curator
mining:train                 curator    curator
mining:make-live             curator    curator
schema                       annotator  annotator
api-operations               admin      admin
api-metrics                  admin      admin
api-me                       annotator  annotator
api-session                  public     public
api-people                   admin      admin
api-person                   admin      admin
api-invitations              admin      admin
api-revoke-invitation        admin      admin
api-webhooks                 admin      admin
api-webhook                  admin      admin
api-rotate-webhook           admin      admin
api-test-webhook             admin      admin
api-deliveries               admin      admin
api-resend                   admin      admin
api-tokens                   annotator  annotator
api-token                    annotator  annotator
graph-api:ontology           annotator  admin
graph-api:concepts           curator    curator
graph-api:concept            curator    curator
graph-api:labels             curator    curator
graph-api:label              curator    curator
graph-api:triples            curator    curator
graph-api:triple             curator    curator
graph-api:trail              curator    curator
graph-api:decisions          curator    curator
graph-api:undo               curator    curator
graph-api:changes            curator    curator
graph-api:releases           curator    curator
graph-api:release            curator    curator
graph-api:diff               curator    curator
graph-api:diff-triples       curator    curator
graph-api:diff-concepts      curator    curator
graph-api:export             curator    curator
annotation-api:campaigns     annotator  admin
annotation-api:estimate      admin      admin
annotation-api:campaign      annotator  admin
annotation-api:fill          admin      admin
annotation-api:start         admin      admin
annotation-api:pause         admin      admin
annotation-api:finish        admin      admin
annotation-api:guidelines    annotator  curator
annotation-api:export        curator    curator
annotation-api:exports       curator    curator
annotation-api:one-export    curator    curator
annotation-api:written-export curator   curator
annotation-api:next          annotator  annotator
annotation-api:judgments-of  annotator  annotator
annotation-api:judgments     annotator  annotator
annotation-api:judgment      annotator  annotator
annotation-api:exchanges     curator    admin
annotation-api:exchange-file admin      admin
annotation-api:label-studio  admin      admin
annotation-api:exchange      curator    curator
annotation-api:tasks         curator    curator
annotation-api:split         curator    curator
annotation-api:task          curator    curator
annotation-api:verdicts      curator    curator
annotation-api:verdict       curator    curator
annotation-api:guideline     annotator  annotator
annotation-api:own-standing  annotator  annotator
annotation-api:attempts      annotator  annotator
annotation-api:attempt-answers annotator annotator
annotation-api:known-answers curator    curator
annotation-api:known-answer  curator    curator
annotation-api:ask-anew      curator    curator
annotation-api:quality-report curator   curator
annotation-api:quality       curator    admin
annotation-api:appeals       annotator  annotator
annotation-api:appeal-decide curator    curator
annotation-api:people-of     curator    curator
annotation-api:person-of     admin      admin
annotation-api:disputes      curator    curator
annotation-api:decide        curator    curator
api-corpora                  curator    curator
api-documents                curator    curator
api-document                 curator    curator
api-sentence                 curator    curator
api-imports                  admin      admin
api-runs                     curator    admin
api-run                      curator    curator
api-cancel-run               admin      admin
api-run-log                  curator    curator
api-run-errors               curator    curator
api-start-judging            admin      admin
api-judging                  curator    curator
api-encoders                 curator    admin
api-encoder                  curator    curator
api-run-record               curator    curator
api-compare-runs             curator    curator
api-candidates               curator    curator
api-candidate                curator    curator
api-relation-candidates      curator    curator
api-relation-candidate       curator    curator
api-image-candidates         curator    curator
api-image-candidate          curator    curator
api-image                    annotator  annotator
api-model-versions           curator    curator
api-train                    curator    curator
api-model-version            curator    curator
api-make-live                curator    curator
api-label-set                curator    curator
api-label-set-items          curator    curator
"""
EXPECTED = {name: (read, write) for name, read, write in map(str.split, TABLE.strip().splitlines())}
NOBODY = "nobody"


def address(name: str, route: str) -> str:
    """A URL of the route; what it names need not exist, for access is decided before that."""
    if name == "annotation:campaign-move":
        return "/campaigns/987654/start"
    if name == "annotation:practice":
        return reverse(name, args=[987654, "test"])
    for converter, value in {"int": "987654", "uuid": str(uuid.UUID(int=7)), "str": "made-up"}.items():
        route = re.sub(rf"<{converter}:\w+>", value, route)
    assert "<" not in route, f"the test cannot fill in {route}"
    return f"/{route}"


def is_refused(answer) -> bool:
    to_login = answer.status_code == 302 and answer.url.startswith("/login?next=")
    return to_login or answer.status_code in {401, 403}


def test_the_table_names_every_route():
    assert {name for _path, name, _view in routes()} == set(EXPECTED)


def test_views_declare_what_the_table_says():
    declared = {name: (role_needed(view, "GET"), role_needed(view, "POST")) for _path, name, view in routes()}

    assert declared == EXPECTED


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", [NOBODY, *Role.values])
def test_each_role_is_let_in_just_where_the_table_says(who, method):
    user = None if who == NOBODY else make_user(who)
    wrong = []
    for route, name, _view in routes():
        client = Client()
        if user:
            client.force_login(user)
        needed = EXPECTED[name][method == "post"]
        welcome = needed == PUBLIC or (user is not None and Role(who).covers(needed))
        answer = getattr(client, method)(address(name, route))
        if is_refused(answer) == welcome:
            wrong.append(f"{method} {name} ({needed}): {answer.status_code}")

    assert wrong == []


@pytest.mark.django_db
def test_a_closed_account_is_let_in_nowhere(client):
    user = make_user(Role.ADMIN)
    client.force_login(user)
    user.is_active = False
    user.save()

    assert is_refused(client.get("/people/"))


def undeclared(request):
    return HttpResponse("open to all?")


urlpatterns = [path("forgotten", undeclared, name="forgotten")]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_declares_nothing_is_found_and_open_to_nobody(client):
    client.force_login(make_user(Role.ADMIN))

    assert [error.id for error in every_route_declares_its_role(None)] == ["people.E001"]
    assert client.get("/forgotten", HTTP_ACCEPT="application/json").status_code in {403, 500}
