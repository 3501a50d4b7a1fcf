"""Writing a survey, publishing it, and giving links and codes to people."""

import pytest

from regard.listening.links.models import Link
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.surveys.text import to_text
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db
TEXT = to_text(starts()["relationship"][1])


@pytest.fixture
def analyst(workspace):
    return signed_in(member(workspace, Role.ANALYST))


@pytest.fixture
def survey(workspace):
    made = Survey(workspace=workspace, name="You and us")
    made.keep(starts()["relationship"][1], by="x")
    return made


def test_from_nothing_to_a_code_on_a_poster(analyst, workspace):
    assert "Nobody has been asked yet" in analyst.get("/surveys/").content.decode()
    assert "After a contact" in analyst.get("/surveys/begin").content.decode()
    page = analyst.get("/surveys/new?from=after_contact").content.decode()
    assert "It was easy to get what I needed." in page and 'value="After a contact"' in page
    made = analyst.post("/surveys/new", {"name": "Calls", "colour": "#AA0033", "text": TEXT})
    survey = Survey.objects.get()
    assert (survey.name, survey.colour) == ("Calls", "#aa0033") and survey.published is None
    assert "Publish the survey first" in analyst.get(made["Location"]).content.decode()
    analyst.post(f"/surveys/{survey.pk}/publication")
    analyst.post(
        f"/surveys/{survey.pk}/links", {"name": "Poster at the door", "unit": workspace.root.pk, "channel": "store"}
    )
    link = Link.objects.get()
    page = analyst.get(f"/surveys/{survey.pk}").content.decode()
    assert "Poster at the door" in page and f"/s/{link.token}" in page and "version 1" in page
    code = analyst.get(f"/surveys/links/{link.pk}/code.svg")
    assert code["Content-Type"] == "image/svg+xml" and b"<svg" in code.content
    colours = analyst.get(f"/s/{link.token}/colours.css").content.decode()
    assert colours == ":root{--brand:#aa0033;--on-brand:#fff}"
    done = [entry.action for entry in AuditEntry.objects.order_by("id")]
    assert done[-3:] == ["survey.added", "survey.published", "survey.link_added"]


def test_a_survey_that_makes_no_sense_is_not_saved_and_nothing_typed_is_lost(analyst):
    page = analyst.post("/surveys/new", {"name": "Calls", "text": "pages: [] # mine"}).content.decode()
    assert "pages: [] # mine" in page and "languages" in page and not Survey.objects.exists()


def test_a_name_is_given_once(analyst, survey):
    page = analyst.post("/surveys/new", {"name": "you AND us", "text": TEXT}).content.decode()
    assert "already a survey of this name" in page and Survey.objects.count() == 1


def test_the_preview_shows_a_page_in_a_language_and_what_is_wrong(analyst):
    told = analyst.post("/surveys/preview", {"text": TEXT, "language": "ar"}).content.decode()
    assert 'lang="ar" dir="rtl"' in told and "ما السبب الرئيسي؟" in told
    told = analyst.post("/surveys/preview", {"text": TEXT.replace("fr: Vous et nous", "de: x")}).content.decode()
    assert "is not there in fr" in told
    assert "languages" in analyst.post("/surveys/preview", {"text": "a: 1"}).content.decode()
    assert not Survey.objects.exists()


def test_a_closed_link_and_a_retired_survey_lead_nowhere(analyst, survey, client):
    survey.publish(by="x")
    one, other = (Link.objects.create(survey=survey, name=name) for name in ("one", "other"))
    assert "finds nothing to answer" in analyst.get(f"/surveys/links/{one.pk}/closing").content.decode()
    analyst.post(f"/surveys/links/{one.pk}/closing")
    assert client.get(f"/s/{one.token}").status_code == 404 and client.get(f"/s/{other.token}").status_code == 200
    analyst.post(f"/surveys/{survey.pk}/retirement")
    assert client.get(f"/s/{other.token}").status_code == 404
    assert analyst.get(f"/surveys/{survey.pk}").status_code == 404


def test_nobody_sees_or_changes_surveys_of_others(survey):
    survey.publish(by="x")
    link = Link.objects.create(survey=survey, name="one")
    theirs = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="other@x.example"))
    for address in ("", "/edit", "/retirement"):
        assert theirs.get(f"/surveys/{survey.pk}{address}").status_code == 404
    assert theirs.get(f"/surveys/links/{link.pk}/code.svg").status_code == 404
    assert theirs.post(f"/surveys/links/{link.pk}/closing").status_code == 404
    assert theirs.post(f"/surveys/{survey.pk}/publication").status_code == 404
    assert theirs.post(f"/surveys/{survey.pk}/links", {"name": "x"}).status_code == 404


def test_a_link_takes_only_units_and_touchpoints_of_the_workspace(analyst, survey):
    survey.publish(by="x")
    foreign = Workspace.found(name="Other").root
    page = analyst.post(
        f"/surveys/{survey.pk}/links", {"name": "Poster at the door", "unit": foreign.pk}
    ).content.decode()
    assert not Link.objects.exists()
    assert "Select a valid choice" in page and 'value="Poster at the door"' in page  # what was typed stays


def test_agents_read_and_do_not_write(workspace, survey):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    for agent in (member(workspace, Role.AGENT), member(workspace, Role.ANALYST, at=north, email="north@x.example")):
        client = signed_in(agent)
        assert client.get(f"/surveys/{survey.pk}").status_code == 200
        for address in ("/surveys/new", f"/surveys/{survey.pk}/edit", "/surveys/begin"):
            assert client.get(address).status_code == 403
        assert client.post(f"/surveys/{survey.pk}/publication").status_code == 403
    assert survey.published is None
