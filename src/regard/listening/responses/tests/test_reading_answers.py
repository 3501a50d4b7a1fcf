from datetime import timedelta

import pytest
from django.utils import timezone

from regard.customers.contact.log.models import ContactMade
from regard.customers.contact.purposes.seed import fill
from regard.customers.people.models import Profile
from regard.listening.links.models import Link
from regard.listening.responses.answer import Origin, begin, complete, save
from regard.listening.responses.models import Response
from regard.listening.surveys.definition import read
from regard.listening.surveys.models import Survey
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db
ALL = read({
    "languages": ["en", "fr"], "title": {"en": "All of it"},
    "pages": [{"questions": [
        {"id": "nps", "kind": "nps", "text": {"en": "Recommend?"}}, {"id": "felt", "kind": "emotion", "text": {"en": "Felt?"}},
        {"id": "rate", "kind": "matrix", "text": {"en": "Rate"}, "rows": [{"id": "food", "text": {"en": "Food"}}]},
        {"id": "why", "kind": "text", "text": {"en": "Why?"}}, {"id": "ok", "kind": "consent", "purpose": "service", "text": {"en": "OK?"}},
        {"id": "pick", "kind": "choice", "how": "many", "other": True, "text": {"en": "Pick"},
         "options": [{"id": "a", "text": {"en": "First", "fr": "Premier"}}]},
        {"id": "reach", "kind": "contact", "text": {"en": "Call?"}}]}],
})  # fmt: skip
ANSWERS = {
    "nps": 9, "felt": -1, "rate": {"food": 4}, "why": "<i>because</i>", "ok": False, "pick": ["a", {"other": "mine"}],
    "reach": {"reach": "+33 6", "when": ""},
}  # fmt: skip


@pytest.fixture
def survey(workspace):
    made = Survey(workspace=workspace, name="All")
    made.keep(ALL, by="x")
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    link = Link.objects.create(survey=made, name="Poster", unit=north)
    version = made.publish(by="x")
    response = begin(Origin.of_link(link), version, key="k" * 30, language="fr", now=timezone.now())
    complete(save(response, ANSWERS, now=timezone.now()), now=timezone.now())
    begin(Origin.of_link(link), version, key="e" * 30, language="en", now=timezone.now())  # empty: nothing to read
    return made


def test_answers_are_read_with_their_questions(workspace, survey):
    reader = signed_in(member(workspace, Role.AGENT))
    one = Response.objects.exclude(completed=None).get()
    assert "“&lt;i&gt;because&lt;/i&gt;”" in reader.get(f"/responses/?survey={survey.pk}").content.decode()
    page = reader.get(f"/responses/{one.pk}").content.decode()
    for told in ("Poster", "North", "9 of 10", "−1", "Food 4", "&lt;i&gt;because&lt;/i&gt;", ">no<", "First, mine", "+33 6"):
        assert told in page, told


def test_they_are_for_those_who_may_see_the_unit(workspace, survey):
    one = Response.objects.exclude(completed=None).get()
    south = Unit.objects.create(workspace=workspace, parent=workspace.root, name="South")
    elsewhere = signed_in(member(workspace, Role.AGENT, at=south))
    page = elsewhere.get("/responses/").content.decode()
    assert "Nobody has answered yet" in page and "because" not in page
    assert elsewhere.get(f"/responses/{one.pk}").status_code == 404
    assert elsewhere.post(f"/responses/{one.pk}/act", {"act": "done"}).status_code == 404
    elsewhere.post("/responses/act", {"act": "done", "chosen": [str(one.pk)]})
    assert signed_in(member(workspace, Role.VIEWER)).get("/responses/").status_code == 403
    theirs = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="o@x.example"))
    assert theirs.get(f"/responses/{one.pk}").status_code == 404
    one.refresh_from_db()
    assert one.state == "new" and not one.handlings.exists()


def test_erasing_somebody_takes_their_name_out_of_what_was_typed(workspace, survey):
    from regard.customers.privacy.needles import Needles
    from regard.customers.privacy.registry import Taken
    from regard.listening.privacy import KEEPER
    from regard.listening.responses.models import Response

    response = Response.objects.exclude(answers={}).get()
    response.answers |= {"amount": 33_612_345_678}  # a number that is somebody's phone number
    response.save()
    taken = Taken(workspace.pk, [], [], False, "s", Needles.of([("phone", "+33612345678"), ("user", "because")]))
    assert KEEPER.erase(taken) == 1 and KEEPER.erase(taken) == 0
    response.refresh_from_db()
    assert "because" not in response.answers["why"] and "12345678" not in str(response.answers["amount"])
    assert response.answers["nps"] == 9 and response.answers["rate"] == {"food": 4}


def test_what_is_kept_long_enough_goes_words_before_scores(workspace, survey):
    from regard.listening.models import Response
    from regard.listening.privacy import forget_responses, silence_responses

    now = timezone.now()
    assert silence_responses(workspace.pk, now - timedelta(days=1)) == 0
    assert silence_responses(workspace.pk, now + timedelta(days=1)) > 0
    answers = Response.objects.exclude(answers={}).get().answers
    assert answers == {"nps": 9, "felt": -1, "rate": {"food": 4}, "ok": False, "pick": ["a", "other"]}
    assert silence_responses(workspace.pk, now + timedelta(days=1)) == 0
    assert forget_responses(workspace.pk, now - timedelta(days=1)) == 0
    assert forget_responses(workspace.pk, now + timedelta(days=1)) == 2 and not Response.objects.exists()


def test_limits_that_count_from_an_answer_know_of_one_over_a_link(workspace, survey):
    fill(workspace.pk, actor="x")
    ana = Profile.objects.create(workspace=workspace)
    link = Link.objects.get()
    for key, test in (("t" * 30, True), ("a" * 30, False)):
        known = Origin.of_link(link, profile=ana.pk)
        complete(begin(known, survey.published, key=key, language="en", now=timezone.now(), test=test), now=timezone.now())
    (made,) = ContactMade.objects.all()  # the trial is none
    assert (made.profile_id, made.what, made.channel) == (ana.pk, "answer", "web")
