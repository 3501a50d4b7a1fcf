"""Somebody who was asked and answered is given all of it, and taken out of it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from regard.customers.people.models import Profile
from regard.customers.privacy.needles import Needles
from regard.customers.privacy.registry import Subject, Taken
from regard.listening import privacy as listening
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.listening.programmes.tests.made import programme
from regard.listening.responses.answer import Origin, begin
from regard.listening.responses.models import Response
from regard.outreach import privacy as outreach
from regard.outreach.messages.models import Addressed, Message, queue
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db
KEEPERS = (listening.KEEPER, listening.INVITATIONS, outreach.KEEPER)


def asked(workspace: Workspace, of: Programme) -> Profile:
    profile, now = Profile.objects.create(workspace=workspace), timezone.now()
    one = Invitation.objects.create(
        programme=of,
        profile=profile,
        cause=f"c{profile.pk}",
        happened=now,
        due=now,
        decided=now,
        channel="e-mail",
        expires=now,
    )
    queue(
        workspace.pk, [Addressed(profile.pk, "e-mail", "ana@mail.example", one.pk)], sender_kind="invitation", due=now
    )
    version = of.survey.published
    assert version
    answers = {"effort": 2, "why": "I said it on the phone", "call_back": {"reach": "0612345678", "when": ""}}
    begin(Origin.of_invitation(one), version, key=f"invitation/{one.pk}", language="en", now=now, answers=answers)
    return profile


@pytest.mark.parametrize("anonymise", [False, True])
def test_what_they_said_goes_and_of_the_anonymised_the_score_stays(workspace: Workspace, anonymise: bool) -> None:
    of = programme(workspace)
    ana, ben = asked(workspace, of), asked(workspace, of)
    subject = Subject(workspace.pk, ana.pk, (ana.pk,), ())
    assert [keeper.count(subject) for keeper in KEEPERS] == [1, 1, 1]
    given = {section.name: list(section.rows) for keeper in KEEPERS for section in keeper.export(subject)}
    assert (
        given["answers to surveys"][0]["answers"]["why"] == "I said it on the phone"
        and given["messages"][0]["address"] == "ana@mail.example"
    )
    taken = Taken(workspace.pk, [ana.pk], (subject,), anonymise, "salt", Needles())
    for _again in range(2):
        for keeper in KEEPERS:
            keeper.erase(taken)
    assert [keeper.count(subject) for keeper in KEEPERS] == [0, 0, 0]
    assert Invitation.objects.get().profile == ben and Message.objects.get().profile == ben
    left = {one.profile_id: one.answers for one in Response.objects.all()}
    assert left.pop(ben.pk)["why"] == "I said it on the phone"
    assert left == ({None: {"effort": 2}} if anonymise else {})
