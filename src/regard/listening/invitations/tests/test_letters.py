"""A letter that is the same for all is written once; each still leads its own way, and what is piped in is their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from regard.customers.contact.channels import Channel
from regard.customers.people.models import Profile
from regard.listening.inapp.tests.conftest import published
from regard.listening.invitations.links import link_of
from regard.listening.invitations.message import content
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.listening.surveys.definition import read, written
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.outreach.messages.senders import Content
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def letter(survey: Survey, number: int, *, texts: Any = None, **traits: str) -> Content:
    programme = Programme(survey=survey, name="After a call", texts=texts or {})
    invitation = Invitation(pk=number, programme=programme, profile=Profile(traits=traits), expires=timezone.now())
    assert survey.published is not None
    return content(invitation, survey.published, channel=Channel.EMAIL, step=0, unsubscribe=f"https://x.example/u/{number}")


def test_each_has_their_own_ways_and_their_language(workspace: Workspace) -> None:
    survey = published(workspace, starts()["after_contact"][1])
    for number, language in ((1, "en"), (2, "en"), (3, "fr"), (4, "en")):
        written_ = letter(survey, number, language=language)
        for part in (written_.html, written_.text):
            assert link_of(number) in part and f"https://x.example/u/{number}" in part and ".invalid" not in part
            assert not any(link_of(other) in part for other in range(1, 5) if other != number)
        assert f"{link_of(number)}?question=effort&amp;answer=7" in written_.html
        assert ("Votre échange" in written_.html) == (language == "fr")


def test_what_is_piped_or_depends_on_them_is_theirs(workspace: Workspace) -> None:
    given = written(starts()["after_contact"][1])
    survey = published(workspace, read({**given, "title": {"en": "Your call, {{ trait.first }}", "fr": "x"}}))
    assert "Your call, Inès" in letter(survey, 1, first="Inès").html and "Your call, Paul" in letter(survey, 2, first="Paul").html
    shown = {**given["pages"][0]["questions"][0], "show": {"trait": "plan", "op": "is", "value": "Pro"}}
    asked = read({**given, "pages": [{"questions": [shown, {"id": "else", "kind": "text", "text": {"en": "And?", "fr": "x"}}]}]})
    other = published(workspace, asked, name="Pro")
    assert "answer=7" in letter(other, 1, plan="Pro").html and "answer=7" not in letter(other, 2, plan="Free").html
    plain = published(workspace, starts()["after_contact"][1], name="Plain")
    own = {"en": {"subject": "For {{ trait.first }}", "intro": "Dear {{ trait.first }}"}}
    assert letter(plain, 1, texts=own, first="Inès").subject == "For Inès" and "Dear Paul" in letter(plain, 2, texts=own, first="Paul").html
    assert letter(plain, 3).subject != letter(plain, 3, texts={"en": {"subject": "Another"}}).subject == "Another"
