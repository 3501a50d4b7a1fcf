"""From a survey to a script in a page; and nobody else's."""

import pytest

from regard.listening.inapp.tests.conftest import published
from regard.listening.responses.models import Response
from regard.listening.surveys.starts import starts
from regard.listening.widgets.models import Widget
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import AuditEntry, Workspace

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Shop", "channel": "web", "how": "begins", "where": "/account/\n\n /orders/ ", "never": "/checkout/*", "event": "", "seconds": "5",
    "scroll": "0", "share": "50", "devices": "all", "language": "page", "shown": "30", "answered": "90", "dismissed": "60", "side": "left",
    "button_en": "Feedback", "button_fr": "", "button_ar": "",
}  # fmt: skip


@pytest.fixture
def survey(workspace):
    return published(workspace, starts()["after_contact"][1])


@pytest.fixture
def admin(workspace):
    return signed_in(member(workspace, Role.ADMIN))


def test_from_nothing_to_a_script_to_copy(admin, client, workspace, survey):
    assert "Ask where it happens" in admin.get(f"/surveys/{survey.pk}/widgets").content.decode()
    assert f"/surveys/{survey.pk}/widgets" in admin.get(f"/surveys/{survey.pk}").content.decode()
    made = admin.post(f"/surveys/{survey.pk}/widgets/new", GIVEN | {"unit": workspace.root.pk})
    widget = Widget.objects.get()
    page = admin.get(made["Location"]).content.decode()
    assert 'src="http://testserver/w.js"' in page.replace("&quot;", '"') and f'data-widget="{widget.key}"' in page
    told = client.get(f"/inapp/v1/widgets/{widget.key}")
    rules = told.json()["targeting"]
    assert rules["where"] == [{"how": "begins", "value": "/account/"}, {"how": "begins", "value": "/orders/"}]
    assert (rules["never"][0]["how"], rules["share"], rules["seconds"]) == ("pattern", 50, 5)
    assert (
        rules["button"] == {"text": {"en": "Feedback"}, "side": "left"}
        and told["Cache-Control"] == "public, max-age=60"
    )
    page = admin.get(f"/surveys/widgets/{widget.pk}/edit").content.decode()
    assert "/account/\n/orders/" in page and 'value="Feedback"' in page and 'value="begins" selected' in page
    assert "It shows itself in 1 place" in admin.get(f"/surveys/{survey.pk}/widgets").content.decode()
    assert AuditEntry.objects.latest("id").action == "survey.widget_added"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"share": "0"}, "greater than or equal to 1"), ({"where": "x" * 501}, "at most 500 characters"),
     ({"where": "/a\n" * 51}, "at most 50 addresses"),
     ({"button_en": "", "button_fr": "Avis"}, "fall back to this one"), ({"name": ""}, "required")],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(admin, survey, wrong, said):
    page = admin.post(f"/surveys/{survey.pk}/widgets/new", GIVEN | wrong).content.decode()
    assert said in page and "/checkout/*" in page and not Widget.objects.exists()


def test_a_closed_widget_shows_nothing_any_more(admin, client, survey, ledger):
    widget = Widget.objects.create(survey=survey, name="Shop")
    assert client.get(f"/inapp/v1/widgets/{widget.key}").status_code == 200
    assert "Who has begun may finish" in admin.get(f"/surveys/widgets/{widget.pk}/closing").content.decode()
    admin.post(f"/surveys/widgets/{widget.pk}/closing")
    unknown = client.get("/inapp/v1/widgets/" + "A" * 32)
    closed = client.get(f"/inapp/v1/widgets/{widget.key}")
    assert (closed.status_code, closed.content) == (404, unknown.content)
    assert admin.get(f"/surveys/widgets/{widget.pk}").status_code == 404


def test_a_links_token_is_no_widget(client, survey):
    from regard.listening.links.models import Link

    link = Link.objects.create(survey=survey, name="x")
    assert client.get(f"/inapp/v1/widgets/{link.token}").status_code == 404


def test_the_secret_is_shown_once_to_whoever_may_configure(admin, workspace, survey):
    widget = Widget.objects.create(survey=survey, name="Shop")
    analyst = signed_in(member(workspace, Role.ANALYST))
    assert analyst.post(f"/surveys/widgets/{widget.pk}/secret").status_code == 403
    assert admin.get(f"/surveys/widgets/{widget.pk}/secret").status_code == 405
    shown = admin.post(f"/surveys/widgets/{widget.pk}/secret")
    secret = shown.content.decode().partition('id="secret">')[2].partition("<")[0]
    assert len(secret) > 40 and "no-store" in shown["Cache-Control"]
    assert secret not in admin.get(f"/surveys/widgets/{widget.pk}").content.decode()
    assert AuditEntry.objects.latest("id").action == "survey.widget_secret_made"


def test_nobody_sees_or_changes_widgets_of_others(survey):
    widget = Widget.objects.create(survey=survey, name="Shop")
    theirs = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    for path in ("", "/edit", "/trial", "/closing"):
        assert theirs.get(f"/surveys/widgets/{widget.pk}{path}").status_code == 404
    assert theirs.post(f"/surveys/widgets/{widget.pk}/secret").status_code == 404
    assert theirs.post(f"/surveys/widgets/{widget.pk}/closing").status_code == 404
    for path in ("", "/new"):
        assert theirs.get(f"/surveys/{survey.pk}/widgets{path}").status_code == 404


def test_a_widget_takes_only_units_and_touchpoints_of_the_workspace(admin, survey):
    foreign = Workspace.found(name="Other").root
    page = admin.post(f"/surveys/{survey.pk}/widgets/new", GIVEN | {"unit": foreign.pk}).content.decode()
    assert "Select a valid choice" in page and not Widget.objects.exists()


def test_its_answers_are_counted_for_those_who_may_see_them(workspace, survey, ledger):
    from django.utils import timezone

    from regard.workspace.models import Unit

    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    widget = Widget.objects.create(survey=survey, name="Shop")
    common = {
        "workspace": workspace,
        "version": survey.published,
        "widget": widget,
        "language": "en",
        "saved": timezone.now(),
    }
    Response.objects.create(key="a", unit=north, **common)
    Response.objects.create(key="b", unit=workspace.root, completed=timezone.now(), **common)
    Response.objects.create(key="c", unit=workspace.root, test=True, **common)
    everybody = signed_in(member(workspace)).get(f"/surveys/{survey.pk}/widgets")
    only_north = signed_in(member(workspace, Role.AGENT, at=north)).get(f"/surveys/{survey.pk}/widgets")
    assert [(one.begun, one.completed) for one in everybody.context["listed"]] == [(2, 1)]
    assert [(one.begun, one.completed) for one in only_north.context["listed"]] == [(1, 0)]
