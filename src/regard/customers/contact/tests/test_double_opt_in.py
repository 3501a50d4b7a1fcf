from datetime import timedelta

import pytest
from django.core import mail, signing
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from regard.customers.contact.consent.models import Consent
from regard.customers.contact.jobs import mail_confirmation
from regard.customers.contact.models import ConsentText, Purpose
from regard.customers.contact.public import links
from regard.customers.contact.record_consent import ConsentRefused, record_consent
from regard.customers.contact.tests.made import customer, says, suppress, verdict
from regard.customers.contact.verdict import Because
from regard.customers.models import Profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(purposes):
    return customer(purposes)


def asks(who, *, channel="e-mail", at=None, **more):
    return record_consent(
        who.workspace_id, who.pk, purpose="marketing", channel=channel, decision="given", source="form", by="customer",
        now=at or timezone.now(), **more,
    )  # fmt: skip


def path_of(request):
    return links.confirm_link(request).removeprefix("http://127.0.0.1:8000")


def decisions(who):
    return list(Consent.objects.filter(profile=who).order_by("id").values_list("channel", "decision"))


def test_a_yes_waits_for_the_click_and_the_click_confirms_it_with_its_evidence(who):
    (request,) = asks(who)
    assert verdict(who, timezone.now(), "marketing").because == Because.UNCONFIRMED
    page = Client().get(path_of(request))
    assert page.status_code == 200 and b"I would like to receive news and offers" in page.content
    assert decisions(who) == [("e-mail", "pending")]  # a mail scanner that looks changes nothing
    done = Client(enforce_csrf_checks=True).post(path_of(request))
    assert done.status_code == 200 and b"Thank you" in done.content
    assert verdict(who, timezone.now(), "marketing").allowed
    made = Consent.objects.get(decision="confirmed")
    assert (made.text.version, made.language, made.source, made.by, made.address, made.answers) == (
        1, "en", "link", "customer", "ines@example.org", request,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_clicks_at_once_one_confirms(who):
    from concurrent.futures import ThreadPoolExecutor

    (request,) = asks(who)
    path = path_of(request)

    def click(_number):
        try:
            return Client().post(path).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(16)))
    assert sorted(answers) == [200] + [410] * 15
    assert decisions(who) == [("e-mail", "pending"), ("e-mail", "confirmed")]


def test_a_link_works_once(who):
    (request,) = asks(who)
    assert Client().post(path_of(request)).status_code == 200
    assert Client().post(path_of(request)).status_code == 410
    assert Client().get(path_of(request)).status_code == 410
    assert decisions(who) == [("e-mail", "pending"), ("e-mail", "confirmed")]


def test_a_link_that_was_overtaken_by_a_no_confirms_nothing(who):
    (request,) = asks(who)
    says(who, "marketing", "withdrawn", timezone.now())
    assert Client().post(path_of(request)).status_code == 410
    assert verdict(who, timezone.now(), "marketing").because == Because.WITHDRAWN


def test_a_link_expires_after_seven_days(who, monkeypatch):
    (request,) = asks(who)
    path, late = path_of(request), timezone.now() + timedelta(days=7, seconds=5)
    monkeypatch.setattr(signing.time, "time", late.timestamp)
    assert Client().post(path).status_code == 404
    assert decisions(who) == [("e-mail", "pending")]


def test_a_link_that_was_tampered_with_or_signed_for_something_else_is_refused(who):
    (request,) = asks(who)
    path = path_of(request)
    for_other = links.unsubscribe_link(who.workspace_id, who.pk, purpose="marketing", channel="e-mail").rpartition("/")[
        2
    ]
    forged = signing.dumps(request.pk, key="guess", salt="regard.contact.confirm")
    for bad in (
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        f"/consent/{for_other}",
        f"/consent/{forged}",
        "/consent/x",
    ):
        assert Client().get(bad).status_code == 404
        assert Client().post(bad).status_code == 404
    assert decisions(who) == [("e-mail", "pending")]


def test_the_mail_goes_once_in_text_and_html_and_never_to_a_suppressed_address(who):
    (request,) = asks(who, address="Ines@Example.org")
    mail_confirmation(pk=request.pk)
    mail_confirmation(pk=request.pk)
    (sent,) = mail.outbox
    assert sent.to == ["ines@example.org"] and "News and offers" in sent.subject
    link = (
        links.confirm_link(request).rpartition("/")[2].rpartition(":")[0].rpartition(":")[0]
    )  # without the moment of signing
    assert link in sent.body and "I would like to receive" in sent.body
    assert link in sent.alternatives[0].content
    suppress(who.workspace, "other@example.org")
    (other,) = asks(who, address="other@example.org")
    mail_confirmation(pk=other.pk)
    mail_confirmation(pk=10**9)
    assert len(mail.outbox) == 1


def test_the_mail_is_in_one_language(who):
    """Where Regard does not speak theirs, not half of the words in it."""
    (request,) = asks(who, language="de")
    mail_confirmation(pk=request.pk)
    assert ">Confirm</a>" in mail.outbox[0].alternatives[0].content


def test_mail_that_cannot_be_sent_is_tried_again(who, monkeypatch):
    from django.core.mail import EmailMultiAlternatives

    (request,) = asks(who)
    with monkeypatch.context() as away:
        away.setattr(EmailMultiAlternatives, "send", lambda self: (_ for _ in ()).throw(OSError("no server")))
        with pytest.raises(OSError), transaction.atomic():
            mail_confirmation(pk=request.pk)
    mail_confirmation(pk=request.pk)
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_mails_nobody(who):
    from procrastinate.contrib.django.models import ProcrastinateJob

    with pytest.raises(RuntimeError), transaction.atomic():
        asks(who)
        raise RuntimeError
    assert not ProcrastinateJob.objects.filter(task_name="customers.contact.mail_confirmation").exists()
    asks(who)
    assert ProcrastinateJob.objects.filter(task_name="customers.contact.mail_confirmation").count() == 1


def test_someone_who_typed_a_confirmed_address_into_a_form_undoes_nothing(who):
    (request,) = asks(who)
    Client().post(path_of(request))
    assert asks(who) == []
    assert verdict(who, timezone.now(), "marketing").allowed


def test_a_yes_for_all_channels_is_asked_back_for_e_mail_alone(who):
    rows = asks(who, channel="all")
    assert [(row.channel, row.decision) for row in rows] == [("all", "given"), ("e-mail", "pending")]
    assert verdict(who, timezone.now(), "marketing", channel="post").allowed
    assert verdict(who, timezone.now(), "marketing").because == Because.UNCONFIRMED


def test_a_confirmed_address_does_not_stand_for_another(who):
    (request,) = asks(who)
    Client().post(path_of(request))
    now = timezone.now()
    assert verdict(who, now, "marketing", address="ines@example.org").allowed
    assert verdict(who, now, "marketing", address="else@example.org").because == Because.UNCONFIRMED


def test_a_new_wording_is_a_new_version_and_old_evidence_stays(who):
    (request,) = asks(who)
    purpose = Purpose.objects.get(key="marketing")
    second = ConsentText.word(purpose, language="en", text="Send me everything.", actor="x")
    assert (
        second.version == 2
        and ConsentText.word(purpose, language="en", text="Send me everything.", actor="x") == second
    )
    ConsentText.word(purpose, language="fr", text="Envoyez-moi tout.", actor="x")
    (again,) = asks(who, language="fr-CA")
    assert (again.text.language, again.text.version) == ("fr", 1)
    request.refresh_from_db()
    assert request.text.version == 1


@pytest.mark.parametrize("change", [{"decision": "confirmed"}, {"source": "form"}, {"by": "someone"}])
def test_what_was_said_cannot_be_changed(who, change):
    (request,) = asks(who)
    with pytest.raises(DatabaseError, match="add a row instead"), transaction.atomic():
        Consent.objects.filter(pk=request.pk).update(**change)
    with pytest.raises(DatabaseError, match="add a row instead"), transaction.atomic():
        ConsentText.objects.filter(pk=request.text_id).update(text="other words")


def test_what_makes_no_sense_is_refused(who, purposes, now):
    silent = customer(purposes, email="")
    with pytest.raises(ConsentRefused, match="nobody can confirm"):
        asks(silent)
    stranger = Profile(workspace=purposes, pk=10**9)
    with pytest.raises(ConsentRefused, match="no customer"):
        says(stranger, "feedback", "given", now)
    said = {"purpose": "feedback", "channel": "all", "decision": "given", "source": "api", "by": "x", "now": now}
    for wrong in ({"channel": "pigeon"}, {"decision": "maybe"}, {"at": now + timedelta(days=1)}):
        with pytest.raises(ConsentRefused):
            record_consent(purposes.pk, who.pk, **{**said, **wrong})
