"""Texts go out through a provider, what comes back is believed only when it is signed, and STOP is the last word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.suppression.models import Suppression
from regard.customers.people.models import Profile
from regard.ledger.record.project import project_all
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.jobs import decide_all
from regard.listening.programmes.readiness import checks
from regard.listening.programmes.tests.made import call, follow, programme
from regard.outreach.messages.carriers import CARRIERS
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.outreach.phone.carry import hook_of
from regard.outreach.phone.length import length_of
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import PROVIDERS, Received, Report, Text
from regard.outreach.phone.stop import word_of
from regard.testing.people import member, signed_in
from regard.testing.texts import ACCOUNT, TOKEN, Provider
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
unhurried = of_hypothesis(deadline=None)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def account(workspace: Workspace, texts: Provider, channel: str = "SMS", **more: str) -> PhoneAccount:
    made = PhoneAccount(workspace=workspace, channel=channel, provider="twilio", sender="+33600000000", per_second=100)
    made.settings = {"account": ACCOUNT, "token": TOKEN, "server": texts.url, **more}
    made.save()
    return made


def asked(workspace: Workspace, *, channels: tuple[str, ...] = ("SMS",), number: str = "+33612345678") -> Invitation:
    """Ana called, and is to be asked."""
    programme(workspace, channels=list(channels))
    call(workspace, "ana", traits={"phone": number, "language": "fr"})
    follow()
    decide_all(now=timezone.now(), seconds=5)
    return Invitation.objects.get()


def tell(found: PhoneAccount, texts: Provider, **given: str) -> Any:
    """As the provider does, signed."""
    url = hook_of(found)
    headers = {"HTTP_X_TWILIO_SIGNATURE": texts.signed(url, given)}
    return Client().post(url.removeprefix(settings.PUBLIC_URL), given, **headers)


def test_an_invitation_arrives_as_a_text_and_its_delivery_is_on_the_board(workspace: Workspace, texts: Provider) -> None:
    found = account(workspace, texts)
    one = asked(workspace)
    assert send_due(seconds=5) == 1
    (text,) = texts.texts
    assert (text["To"], text["From"], text["StatusCallback"]) == ("+33612345678", "+33600000000", hook_of(found))
    assert "/i/" in text["Body"] and "répondez STOP" in text["Body"] and length_of(text["Body"]).messages <= 3
    assert tell(found, texts, MessageSid=f"SM{1:032d}", MessageStatus="sent").status_code == 200
    one.refresh_from_db()
    assert one.sent and one.delivered is None
    tell(found, texts, MessageSid=f"SM{1:032d}", MessageStatus="delivered")
    one.refresh_from_db()
    assert one.delivered


@pytest.mark.parametrize(
    ("said", "becomes"),
    [((400, 21614), "hard"), ((400, 30007), "later"), ((429, 20429), "away"), ((401, 20003), "away"), ((500, None), "away"), ("silent", "away")],
)
def test_what_the_provider_says_of_a_number_and_of_itself(
    workspace: Workspace, texts: Provider, monkeypatch: pytest.MonkeyPatch, said: Any, becomes: str
) -> None:
    monkeypatch.setattr("regard.outbound.client._WHOLE", 1.0)
    monkeypatch.setattr("regard.outbound.client.post.__kwdefaults__", {**_defaults(), "seconds": 1.0})
    account(workspace, texts)
    one = asked(workspace)
    texts.answer = lambda given: said
    assert send_due(seconds=5) == 0 and texts.texts == []
    message = Message.objects.get()
    one.refresh_from_db()
    assert "<b>" not in message.trouble
    if becomes == "hard":
        assert one.bounce == "hard" and Suppression.objects.get().why == "bounce"
        return
    assert message.trouble and not message.dropped and not one.bounced
    if becomes == "later":
        assert message.attempts == 1
    texts.answer = lambda given: None
    Message.objects.update(leased=None, due=timezone.now())
    assert send_due(seconds=5) == 1


def _defaults() -> dict[str, Any]:
    from regard.outbound import client

    return dict(client.post.__kwdefaults__ or {})


def test_stop_is_heard_from_them_and_from_the_provider(workspace: Workspace, texts: Provider) -> None:
    found = account(workspace, texts)
    asked(workspace)
    ana = Profile.objects.get(identifiers__value="+33612345678").pk

    def verdict(channel: str = "SMS") -> str:
        return may_contact(workspace.pk, [ana], purpose="feedback", channel=channel, now=timezone.now())[0].because

    tell(found, texts, From="+33612345678", Body=" Stop. ", MessageSid="SMin1")
    assert verdict() == "withdrawn" and verdict("e-mail") != "withdrawn"
    tell(found, texts, From="+33612345678", Body="START", MessageSid="SMin2")
    assert verdict() != "withdrawn"
    texts.answer = lambda given: (400, 21610)
    send_due(seconds=5)
    assert verdict() == "withdrawn"
    tell(found, texts, From="+33699999999", Body="arrêt", MessageSid="SMin3")  # nobody's
    assert Suppression.objects.filter(address="+33699999999", why="asked").exists()


def test_what_somebody_writes_back_is_kept_and_answers_nothing(workspace: Workspace, texts: Provider) -> None:
    found = account(workspace, texts)
    one = asked(workspace)
    send_due(seconds=5)
    for _ in range(2):  # told twice
        tell(found, texts, From="+33612345678", Body="9, the agent was kind", MessageSid="SMin1")
    project_all()
    sql = "select text, channel, profile, JSONExtractString(properties, 'said') from ledger where $scope and event = 'Text message'"
    assert warehouse().select(Scope(workspace.pk), sql) == [("9, the agent was kind", "SMS", one.profile_id, "c")]
    one.refresh_from_db()
    assert one.started is None and one.completed is None


def test_only_what_is_signed_is_believed(workspace: Workspace, texts: Provider) -> None:
    found = account(workspace, texts)
    asked(workspace)
    send_due(seconds=5)
    path, given_ = hook_of(found).removeprefix(settings.PUBLIC_URL), {"MessageSid": f"SM{1:032d}", "MessageStatus": "delivered"}
    for signature in ("", "x", texts.signed("http://elsewhere", given_), "é"):
        assert Client().post(path, given_, HTTP_X_TWILIO_SIGNATURE=signature).status_code == 403
    assert Client().post("/hooks/phone/unknown", given_).status_code == 404 and Client().get(path).status_code == 405
    assert Message.objects.get().delivered is None


def test_whatsapp_begins_with_approved_words(workspace: Workspace, texts: Provider) -> None:
    account(workspace, texts, "WhatsApp", template="HX1")
    asked(workspace, channels=("WhatsApp",))
    send_due(seconds=5)
    (text,) = texts.texts
    variables = json.loads(text["ContentVariables"])
    assert (text["To"], text["ContentSid"]) == ("whatsapp:+33612345678", "HX1") and "Body" not in text
    assert variables["2"].startswith("http") and "http" not in variables["1"]


def test_it_is_set_up_on_a_page_and_a_test_shows_whether_it_works(workspace: Workspace, texts: Provider) -> None:
    owner = signed_in(member(workspace))
    where = "/settings/texts/sms"
    sent = {"account": ACCOUNT, "token": "wrong", "server": texts.url, "sender": "+33 6 00 00 00 00", "per_second": "1"}
    assert "Nothing goes out by SMS yet" in owner.get(where).content.decode()
    owner.post(where, sent)
    owner.post(f"{where}/trial", {"to": "+33 6 12 34 56 78"})
    page = owner.get(where).content.decode()
    assert "does not take this account and token" in page and "wrong" not in page
    owner.post(where, {**sent, "token": TOKEN})
    owner.post(where, {**sent, "token": "", "per_second": "2"})  # the secret stays
    page = owner.post(f"{where}/trial", {"to": "+33 6 12 34 56 78"}, follow=True).content.decode()
    assert "SMS goes out from +33600000000" in page and texts.texts[0]["To"] == "+33612345678"
    moved = owner.post(where, {**sent, "token": "", "account": "ACother"}).content.decode()
    assert "Type it again" in moved and PhoneAccount.objects.get().settings["account"] == ACCOUNT
    assert owner.get("/settings/texts/pigeon").status_code == 404


def test_a_launch_says_what_is_missing(workspace: Workspace, texts: Provider) -> None:
    made = programme(workspace, launched=False, channels=["SMS"])
    assert any(one.stops and "SMS is not set up" in one.sentence for one in checks(made))
    account(workspace, texts)
    assert not any(one.stops for one in checks(made))
    page = signed_in(member(workspace)).get(f"/programmes/{made.pk}/message").content.decode()
    assert "Reply STOP" in page and "letters," in page


@pytest.mark.parametrize(
    ("text", "letters", "messages", "wide"),
    [("a" * 160, 160, 1, False), ("a" * 161, 161, 2, False), ("€" * 80, 160, 1, False), ("ç" + "a" * 69, 70, 1, True), ("ه" * 71, 71, 2, True),
     ("😀" * 35, 70, 1, True), ("", 0, 1, False)],
)  # fmt: skip
def test_how_many_messages_a_text_is(text: str, letters: int, messages: int, wide: bool) -> None:
    found = length_of(text)
    assert (found.letters, found.messages, found.wide) == (letters, messages, wide)


@unhurried
@given(st.text(max_size=400), st.text(max_size=400))
def test_a_longer_text_is_never_fewer_messages(text: str, more: str) -> None:
    assert length_of(text + more).messages >= length_of(text).messages


@pytest.mark.parametrize(("text", "word"), [("STOP", "stop"), ("stop it", ""), ("Arrêt!", "stop"), ("إيقاف", "stop"), ("Oui", "start"), ("", "")])
def test_only_the_word_alone_is_the_word(text: str, word: str) -> None:
    assert word_of(text) == word


class Pigeons:
    """The example of docs/programmes.md."""

    name, title = "pigeons", "Pigeon post"
    fields, plain, optional = {"loft": "Loft"}, frozenset({"loft"}), frozenset()
    carried: list[Text] = []

    def send(self, settings: Any, text: Text) -> str:
        self.carried.append(text)
        return f"{settings['loft']}-{len(self.carried)}"

    def proven(self, settings: Any, url: str, given: Any, headers: Any) -> bool:
        return bool(headers.get("X-Ring") == settings["loft"])

    def report(self, given: Any) -> Report | None:
        return None

    def received(self, given: Any) -> Received | None:
        return Received(given["from"], given["note"], given["id"]) if "note" in given else None


def test_another_provider_takes_four_methods(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "pigeons", Pigeons())
    made = PhoneAccount(workspace=workspace, channel="SMS", provider="pigeons", sender="Tower")
    made.settings = {"loft": "north"}
    made.save()
    asked(workspace)
    assert send_due(seconds=5) == 1 and Pigeons.carried[0].to == "+33612345678" and Message.objects.get().reference == "north-1"
    path = hook_of(made).removeprefix(settings.PUBLIC_URL)
    assert Client().post(path, {"from": "+33612345678", "note": "stop", "id": "1"}, HTTP_X_RING="north").status_code == 200
    assert Client().post(path, {"from": "+33612345678", "note": "stop", "id": "1"}).status_code == 403
    assert set(CARRIERS) >= {"e-mail", "SMS", "WhatsApp"}
