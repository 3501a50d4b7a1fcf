"""Files travel both ways, each once: through the checks of files of cases, and only from where Zendesk keeps them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from regard.care.cases import work
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.care.files.keep import Given, bytes_of
from regard.care.files.models import CaseFile
from regard.care.letters.write import write
from regard.connectors.helpdesk import attachments
from regard.connectors.helpdesk.models import Attachment, Desk, Setback, Ticket
from regard.connectors.helpdesk.tests.made import synced
from regard.connectors.helpdesk.trouble import Missing
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.customers.identity.models import Identifier
from regard.customers.privacy.erase import ask, carry_out
from regard.testing.people import signed_in
from regard.testing.zendesk import AGENT, FakeZendesk
from regard.workspace.members.models import Member
from regard.workspace.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "PNG")
    return out.getvalue()


def fetched(zendesk: FakeZendesk) -> int:
    return sum(path.startswith("/served/") for _method, path in zendesk.asked)


def test_files_of_comments_are_in_the_case_with_what_they_came_with(desk: Desk, zendesk: FakeZendesk, ticket: Case) -> None:
    zendesk.comment(11, "Look", 1, attachments=[zendesk.attachment("router.png", picture()), zendesk.attachment("notes.txt", b"words")])
    zendesk.comment(11, "", AGENT, public=False, attachments=[zendesk.attachment("log.txt", b"lines")])
    synced(desk)
    letter, noted = ticket.letters.get(text="Look"), ticket.steps.get(what="note")
    assert sorted(letter.files.values_list("name", "kind")) == [("notes.txt", "application/octet-stream"), ("router.png", "image/png")]
    assert letter.attachments == [] and noted.text == "log.txt" and noted.files.get().name == "log.txt"
    assert bytes_of(letter.files.get(name="notes.txt")) == b"words" and letter.files.first().by == "ines@mail.example"
    assert not Attachment.objects.exists() and fetched(zendesk) == 3
    synced(desk)
    assert fetched(zendesk) == 3 and CaseFile.objects.count() == 3


def test_files_of_a_ticket_that_comes_in_come_with_it(desk: Desk, zendesk: FakeZendesk, agent: Member) -> None:
    zendesk.ticket(11)
    zendesk.comments[11][0]["attachments"] = [zendesk.attachment("a.txt", b"words")]
    synced(desk)
    assert Case.objects.get().letters.get().files.get().name == "a.txt"


def test_what_is_refused_too_big_harmful_or_too_many_is_named_with_why(
    desk: Desk, zendesk: FakeZendesk, ticket: Case, settings: Any
) -> None:
    settings.CASE_FILE_BYTES = 1_000_000
    files = [
        zendesk.attachment("run.exe", b"MZ1"), zendesk.attachment("page.html", b"<html>"), zendesk.attachment("big.txt", b"x", size=1_000_001),
        zendesk.attachment("lies.txt", b"x" * 1_000_001, size=3), zendesk.attachment("virus.txt", b"x", malware_scan_result="malware_found"),
        zendesk.attachment("gone.txt", b"x", deleted=True), *(zendesk.attachment(f"{n}.txt", b"x") for n in range(12)),
    ]  # fmt: skip
    zendesk.comment(11, "Look", 1, attachments=files)
    zendesk.comment(11, "For us", AGENT, public=False, attachments=[zendesk.attachment("run.exe", b"MZ2")])
    synced(desk)
    letter = ticket.letters.get(text="Look")
    assert letter.files.count() == 7 and fetched(zendesk) == 11
    said = " ".join(letter.attachments)
    for why in (
        "run.exe (it is a program)", "page.html (it is a page", "big.txt (it is larger than 1 MB", "lies.txt (it is larger than 1 MB",
        "virus.txt (Zendesk found something harmful", "gone.txt (it was deleted in Zendesk)", "7.txt (it stands in Zendesk)",
    ):  # fmt: skip
        assert why in said, why
    assert list(ticket.steps.filter(what="note").values_list("text", flat=True)) == ["For us", "run.exe (it is a program)"]


@pytest.mark.parametrize(
    "place",
    [
        "http://169.254.169.254/latest/meta-data", "http://127.0.0.1:{port}/api/v2/users/me.json", "http://evil.example/x", "http://xlocalhost:{port}/served/1",
        "https://localhost:{port}/served/1", "file:///etc/passwd", "", "//localhost", "http://localhost.evil.example/served/1",
    ],
)  # fmt: skip
def test_nothing_is_fetched_from_anywhere_else(desk: Desk, zendesk: FakeZendesk, ticket: Case, place: str) -> None:
    file = zendesk.attachment("a.txt", b"words", content_url=place.format(port=zendesk.port))
    zendesk.comment(11, "Look", 1, attachments=[file])
    synced(desk)
    letter = ticket.letters.get(text="Look")
    assert letter.attachments and not letter.files.exists() and fetched(zendesk) == 0 and not Attachment.objects.exists()
    assert not [path for _method, path in zendesk.asked if path.endswith("users/me.json")]


def test_a_redirect_leads_nowhere_else_either(desk: Desk, zendesk: FakeZendesk, ticket: Case, monkeypatch: Any) -> None:
    real, leading = FakeZendesk.answer, {"to": ""}

    def leads(self: FakeZendesk, method: str, path: str, headers: Any, body: Any) -> Any:
        return (302, {}, {"Location": leading["to"]}) if path.startswith("/attachments/") else real(self, method, path, headers, body)

    monkeypatch.setattr(FakeZendesk, "answer", leads)
    mine = f"http://127.0.0.1:{zendesk.port}"
    for to in ("http://evil.example/", f"{mine}/api/v2/users/me.json", f"{mine}/attachments/round/and/round", "/api/v2/users/me.json"):
        leading["to"] = to
        with pytest.raises(Missing):
            Zendesk(desk).content(f"{mine}/attachments/token/t1/", 100)
    assert zendesk.asked == []


def test_a_companys_own_name_for_its_zendesk_is_asked_for_at_zendesk(desk: Desk, zendesk: FakeZendesk, ticket: Case) -> None:
    file = zendesk.attachment("a.txt", b"words")
    file["content_url"] = file["content_url"].replace(f"127.0.0.1:{zendesk.port}", "help.halcyon.example")
    zendesk.comment(11, "Look", 1, attachments=[file])
    synced(desk)
    assert ticket.letters.get(text="Look").files.get().name == "a.txt"


def test_one_that_does_not_come_is_tried_again_and_named_at_last(desk: Desk, zendesk: FakeZendesk, ticket: Case, settings: Any) -> None:
    zendesk.comment(11, "Look", 1, attachments=[zendesk.attachment("a.txt", b"a"), zendesk.attachment("b.txt", b"b")])
    allowed, settings.OUTBOUND_ALLOW = settings.OUTBOUND_ALLOW, frozenset({f"127.0.0.1:{zendesk.port}"})  # the other host is not reached
    synced(desk)
    assert desk.trouble == "" and Attachment.objects.count() == 2 and ticket.letters.get(text="Look").attachments == []
    _first, second = Attachment.objects.order_by("pk")
    Attachment.objects.filter(pk=second.pk).update(tries=7)
    synced(desk)
    assert ticket.letters.get(text="Look").attachments == ["b.txt (it could not be fetched from Zendesk)"]
    settings.OUTBOUND_ALLOW = allowed
    Attachment.objects.update(again=timezone.now() - timedelta(seconds=1))
    synced(desk)
    assert ticket.letters.get(text="Look").files.get().name == "a.txt" and not Attachment.objects.exists()


def test_killed_while_it_is_kept_a_file_comes_once(desk: Desk, zendesk: FakeZendesk, ticket: Case, monkeypatch: Any) -> None:
    zendesk.comment(11, "Look", 1, attachments=[zendesk.attachment("a.txt", b"a"), zendesk.attachment("b.txt", b"b")])
    real, count = attachments.keep_files, 0

    def dies(*given: Any, **more: Any) -> list[str]:
        nonlocal count
        count += 1
        found = real(*given, **more)
        if count == 2:
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(attachments, "keep_files", dies)
    with pytest.raises(KeyboardInterrupt):
        synced(desk)
    assert CaseFile.objects.count() == 1 and Attachment.objects.count() == 1
    Desk.objects.update(leased=None)
    synced(desk)
    assert sorted(CaseFile.objects.values_list("name", flat=True)) == ["a.txt", "b.txt"] and not Attachment.objects.exists()


def test_merged_meanwhile_they_come_into_the_case_that_goes_on(
    workspace: Workspace, desk: Desk, zendesk: FakeZendesk, ticket: Case, settings: Any
) -> None:
    zendesk.comment(11, "Look", 1, attachments=[zendesk.attachment("a.txt", b"a")])
    zendesk.comment(11, "For us", AGENT, public=False, attachments=[zendesk.attachment("b.exe", b"MZ")])
    allowed, settings.OUTBOUND_ALLOW = settings.OUTBOUND_ALLOW, frozenset({f"127.0.0.1:{zendesk.port}"})
    synced(desk)
    settings.OUTBOUND_ALLOW = allowed
    assert Attachment.objects.count() == 2
    (other,) = open_cases(workspace, [Opening("The outage")], by="t", now=timezone.now())
    work.merge(ticket, other, by="t@x.example", now=timezone.now())
    synced(desk)
    assert other.files.get().name == "a.txt" and other.steps.filter(text="b.exe (it is a program)").exists()


def test_a_letters_files_go_with_its_comment_once(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    work.note(ticket, "", by=agent.user.email, now=timezone.now(), files=[Given("known.txt", b"known")])
    known = ticket.files.get()
    page = signed_in(agent).get(f"/cases/{ticket.number}").content.decode()
    assert "Send along what is here already" in page and "through the help desk." in page
    given = {"act": "write", "text": "The contract", "files": [SimpleUploadedFile("a.png", picture())], "enclosed": [str(known.pk)]}
    assert signed_in(agent).post(f"/cases/{ticket.number}/act", given).status_code == 302
    zendesk.lost = 1
    for _again in range(3):
        synced(desk)
    told = zendesk.comments[11][-1]
    assert (told["body"], told["public"], len(zendesk.comments[11])) == ("The contract", True, 2)
    sent = {one["file_name"]: zendesk.files[one["id"]] for one in told["attachments"]}
    assert sorted(sent) == ["a.png", "known.txt"] and sent["known.txt"] == b"known"
    assert Image.open(io.BytesIO(sent["a.png"])).size == (40, 30)
    assert CaseFile.objects.count() == 2 and fetched(zendesk) == 0  # ours do not come back


def test_a_file_that_zendesk_does_not_take_keeps_its_letter_back_and_says_so(desk: Desk, zendesk: FakeZendesk, ticket: Case, agent: Member) -> None:
    zendesk.banned.add("csv")
    write(ticket, "The list", by=agent.user.email, now=timezone.now(), files=[Given("list.csv", b"a,b")])
    synced(desk)
    assert len(zendesk.comments[11]) == 1 and desk.trouble == "" and Ticket.objects.get().over is None
    assert "list.csv" in Setback.objects.get().trouble
    assert "does not take the file list.csv" in signed_in(agent).get(f"/cases/{ticket.number}").content.decode()
    zendesk.banned.clear()
    synced(desk)
    assert zendesk.comments[11][-1]["attachments"][0]["file_name"] == "list.csv" and not Setback.objects.exists()


def test_of_who_was_erased_no_file_comes(desk: Desk, zendesk: FakeZendesk, ticket: Case, settings: Any, workspace: Workspace) -> None:
    zendesk.comment(11, "Look", 1, attachments=[zendesk.attachment("ines.txt", b"a")])
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{zendesk.port}"})
    synced(desk)
    assert Attachment.objects.get().name == "ines.txt"
    carry_out(erasure := ask(workspace.pk, [Identifier.objects.get(value="ines@mail.example").profile.customer_id], by="dpo"), now=timezone.now())
    assert erasure.left == {} and not Attachment.objects.exists()
