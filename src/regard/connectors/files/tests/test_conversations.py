"""Calls, chats and mail brought in as files: who said what, in one row of the ledger that can be understood later."""

from __future__ import annotations

import gzip
import json
from email.message import EmailMessage
from mailbox import mbox
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.connectors.files.begin_import import begin, guess_map
from regard.connectors.files.mails import own_words, plain
from regard.connectors.files.reading import UnreadableFile
from regard.connectors.files.sniffing import sniff
from regard.insights.verbatims.queries import verbatims
from regard.ledger.conversations import Turn, turns_of, who, written
from regard.ledger.record.project import project_all
from regard.ledger.refused.models import RefusedItem
from regard.ledger.timeline.queries import timeline
from regard.ledger.timeline.told import told
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

CALL = {
    "call_id": "c-1", "started_at": "2026-11-02T10:00:00Z", "customer": {"email": "ana@mail.example", "name": "Ana"}, "queue": "billing",
    "channel": "phone", "transcript": [
        {"speaker": "Agent", "start": 0.0, "text": "Halcyon, how can I help?"},
        {"speaker": "customer", "start": 3.2, "text": "My bill is wrong\nagain, and nobody calls back."},
        {"speaker": "Agent", "start": 9.8, "text": "I am sorry. I will mend it."},
    ],
}  # fmt: skip


def brought(path: Path, workspace: Workspace) -> Any:
    found = begin(path, guess_map(path, what="interactions", workspace=workspace), workspace=workspace, actor="t")
    project_all()
    return found


def ledger_rows(workspace: Workspace) -> list[tuple[Any, ...]]:
    sql = (
        "select event, channel, text, JSONExtractString(properties, 'said'), profile != 0 from ledger "
        "where $scope and kind = 'interaction' order by at"
    )
    return warehouse().select(Scope(workspace.pk), sql)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("cas"), st.text(max_size=30), st.none() | st.floats(0, 1000)), max_size=8))
def test_turns_are_read_as_they_were_written(given_turns: list[tuple[str, str, float | None]]) -> None:
    turns = [Turn(*one) for one in given_turns]
    kept = [turn for turn in turns if turn.text.split()]
    text, properties = written(turns)
    read = turns_of(text, properties)
    assert [(one.who, one.text) for one in read] == [(one.who, " ".join(one.text.split())) for one in kept]


def test_a_word_taken_out_leaves_everybody_what_they_said() -> None:
    text, properties = written([Turn("a", "Your name?"), Turn("c", "Ana Lind"), Turn("a", "Thank you")])
    assert [turn.who for turn in turns_of(text.replace("Ana Lind", "[name]"), properties)] == ["a", "c", "a"]


@pytest.mark.parametrize(
    ("called", "letter"),
    [("Agent 2", "a"), ("CUSTOMER", "c"), ("end-user", "c"), ("bot", "s"), ("speaker_1", "u"), (None, "u"), ("Support", "a"), ("caller1", "c")],
)
def test_roles_by_the_names_that_systems_give_them(called: str | None, letter: str) -> None:
    assert who(called) == letter


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", json.dumps(CALL)),
        ("a.json", json.dumps([CALL], indent=2)),
        ("b.json", json.dumps({"version": 2, "conversations": [CALL]})),
        ("c.json", json.dumps(CALL, indent=1)),
    ],
)
def test_a_call_however_its_file_is_written_is_one_interaction_of_the_customer(
    db: object, ledger: object, workspace: Workspace, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    brought(path, workspace)
    ((event, channel, said, letters, known),) = ledger_rows(workspace)
    assert (event, channel, letters, known) == ("Conversation", "phone", "aca", 1)
    assert said.split("\n")[1] == "My bill is wrong again, and nobody calls back."


def test_what_customers_said_is_feedback_and_what_agents_said_is_not(
    db: object, ledger: object, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(json.dumps(CALL))
    brought(path, workspace)
    (quote,) = verbatims(Scope(workspace.pk), workspace, text="bill").verbatims
    assert quote.text == "My bill is wrong again, and nobody calls back." and quote.channel == "phone"
    assert not verbatims(Scope(workspace.pk), workspace, text="sorry").verbatims
    entry = told(timeline(Scope(workspace.pk), [quote.profile]).entries[0], {})
    assert [(turn.who, turn.theirs) for turn in entry.turns] == [("Agent", False), ("Customer", True), ("Agent", False)]
    page = signed_in(member(workspace)).get(f"/timeline/{quote.profile}").content.decode()
    assert "All 3 turns" in page and "I am sorry" in page


def test_a_conversation_sent_as_an_event_is_kept_like_one_of_a_file(db: object, ledger: object, workspace: Workspace) -> None:
    turns = [
        {"role": "assistant", "content": "Hello!", "created_at": "2026-11-02T10:00:00Z"},
        {"author": {"type": "user"}, "content": "It is broken", "created_at": "2026-11-02T10:00:07.5Z"},
    ]
    send(workspace, track("chat-1", user="ana", event="Chat Ended", properties={"unit": "Lyon", "turns": turns}))
    send(workspace, track("chat-2", user="ana", event="Chat Ended", properties={"turns": 3}))  # theirs, and something else
    send(workspace, track("chat-3", user="ana", event="Chat Ended", properties={"turns": [{"who": "x"}]}))
    long = [{"who": "customer", "text": "word " * 40}] * 500
    send(workspace, track("chat-4", user="ana", event="Chat Ended", properties={"turns": long}))
    project_all()
    sql = "select text, properties from ledger where $scope and kind = 'interaction' order by length(text)"
    plain, chat, longest = warehouse().select(Scope(workspace.pk), sql)
    assert plain == ("", '{"turns": 3}')
    assert chat[0] == "Hello!\nIt is broken" and json.loads(chat[1]) == {"unit": "Lyon", "said": "sc", "seconds": "0,7.5"}
    assert longest[0].count("\n") == 499
    assert [one.code for one in RefusedItem.objects.all()] == ["bad_turns"]


@pytest.mark.parametrize("text", ["[1, 2", "{", "[]", "[[1]]", '{"a": 1', "[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UnreadableFile):
        sniff(path)


def mail(sender: str, to: str, body: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Date"] = sender, to, headers.pop("date", "Mon, 02 Nov 2026 10:00:00 +0100")
    made["Message-ID"] = headers.pop("id", f"<{abs(hash((sender, body)))}@mail.example>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "support.mbox"
    kept = mbox(path)
    wrong = "My bill is wrong.\nFrom then on nothing worked."
    kept.add(mail("Ana Lind <ana@mail.example>", "care@halcyon.example", wrong, Subject="Bill", id="<1@mail.example>"))
    kept.add(mail(
        "Care <care@halcyon.example>", "ana@mail.example",
        "We look into it.\n\nOn Mon, 2 Nov 2026 at 10:00, Ana Lind\n<ana@mail.example> wrote:\n> My bill is wrong.",
        Subject="Re: Bill", References="<1@mail.example>", date="Mon, 02 Nov 2026 11:00:00 +0100",
    ))  # fmt: skip
    kept.add(mail("ben@mail.example", "care@halcyon.example", "I am away.", Auto_Submitted="auto-replied", date="Mon, 02 Nov 2026 12:00:00 +0100"))
    html = mail("eve@mail.example", "care@halcyon.example", "x", date="Mon, 02 Nov 2026 13:00:00 +0100")
    html.set_content("<p>Too <b>slow</b></p><style>p{}</style><blockquote>We are quick</blockquote>", subtype="html")
    kept.add(html)
    kept.close()
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_a_mailbox_is_mail_by_mail_about_the_customer(
    db: object, ledger: object, workspace: Workspace, box: Path, packed: bool
) -> None:
    if packed:
        box.with_suffix(".gz").write_bytes(gzip.compress(box.read_bytes()))
        box = box.with_suffix(".gz")
    assert sniff(box).ours == "halcyon.example"
    brought(box, workspace)
    assert ledger_rows(workspace) == [
        ("E-mail", "e-mail", "My bill is wrong. From then on nothing worked.", "c", 1), ("E-mail", "e-mail", "We look into it.", "a", 1),
        ("E-mail", "e-mail", "I am away.", "s", 1), ("E-mail", "e-mail", "Too slow", "c", 1),
    ]  # fmt: skip
    assert {one.text for one in verbatims(Scope(workspace.pk), workspace).verbatims} == {
        "My bill is wrong. From then on nothing worked.", "Too slow",
    }  # fmt: skip
    brought(box, workspace)
    assert len(ledger_rows(workspace)) == 4  # each mail by its own id


@pytest.mark.parametrize(
    "quoted",
    [
        "Le mar. 3 nov. 2026 à 10:00, Care <care@x.example> a écrit :\n> Bonjour",
        "Am 03.11.2026 um 10:00 schrieb Care <care@x.example>:\n> Guten Tag",
        "-----Original Message-----\nFrom: Care\nSent: today\nHello",
        "From: Care <care@x.example>\nSent: Monday\nTo: Ana\n\nHello",
        "-- \nAna Lind\nDirector",
        "> Hello\n> there",
    ],
)
def test_what_a_mail_quotes_is_not_said_again(quoted: str) -> None:
    assert own_words(f"It is wrong.\n\n{quoted}") == "It is wrong."


@pytest.mark.timeout(60)  # a quadratic reading takes many minutes
@pytest.mark.parametrize("text", ["On " * 50_000, "> " * 50_000, ("On " + "x" * 500 + "\n") * 400, "From: a\n" * 20_000])
def test_hostile_mails_take_no_longer_than_others(text: str) -> None:
    assert len(own_words(text)) <= len(text)
    assert plain("<div>" * 50_000 + "<a b='" * 50_000).strip() == ""
