"""Members are told once, in their own language, by the way they chose, and of nothing that is not theirs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from regard.outreach.notices.models import Notice, NoticeChoice, Way
from regard.outreach.notices.post import post
from regard.outreach.notices.tell import News, forget, tell
from regard.testing.people import member, signed_in
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def news(*who: Member, kind: str = "case.given", about: str = "case 1") -> News:
    return News(kind, about, "/cases/1", lambda: "Case 1 is yours", list(who))


def test_what_was_not_seen_yet_is_not_said_again(workspace: Workspace) -> None:
    me, other = member(workspace, Role.AGENT), member(workspace, Role.MANAGER)
    now = timezone.now()
    assert tell([news(me, other), news(me)], now=now) == 2 and tell([news(me)], now=now) == 0
    client = signed_in(me)
    assert "Case 1 is yours" in client.get("/notices/").content.decode()
    assert client.get(f"/notices/{Notice.objects.get(member=me).pk}").url == "/cases/1"
    assert tell([news(me)], now=now) == 1  # it was seen: what happens now is news
    assert client.get(f"/notices/{Notice.objects.get(member=other).pk}").url == "/notices/"
    assert Notice.objects.get(member=other).seen is None


def test_whoever_did_it_and_whoever_left_is_not_told(workspace: Workspace) -> None:
    me, gone, boss = member(workspace, Role.AGENT), member(workspace, Role.MANAGER), member(workspace, Role.OWNER)
    gone.leave(by=boss)
    assert tell([news(me, gone)], now=timezone.now(), by=me) == 0


def test_one_mail_tells_all_that_is_new_and_none_what_was_seen(workspace: Workspace) -> None:
    me, now = member(workspace, Role.AGENT), timezone.now()
    tell([news(me, about=f"case {n}") for n in range(3)], now=now)
    Notice.objects.filter(about="case 2").update(seen=now)
    assert post(now=now) == 1 and post(now=now) == 0
    (sent,) = mail.outbox
    assert sent.subject == "2 notices from Regard" and sent.body.count("/cases/1") == 2 and sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_daily_mail_goes_out_in_the_morning_with_what_came_before_it(workspace: Workspace) -> None:
    me, zone = member(workspace, Role.AGENT), ZoneInfo(workspace.time_zone)
    NoticeChoice.objects.create(member=me, kind="case.given", way=Way.DIGEST)
    tell([news(me)], now=datetime(2026, 11, 26, 15, tzinfo=zone))
    assert post(now=datetime(2026, 11, 26, 20, tzinfo=zone)) == 0
    assert post(now=datetime(2026, 11, 27, 8, 1, tzinfo=zone)) == 1
    tell([news(me, about="case 2")], now=datetime(2026, 11, 27, 8, 30, tzinfo=zone))
    assert post(now=datetime(2026, 11, 27, 9, tzinfo=zone)) == 0


def test_each_chooses_how_and_not_at_all_is_not_at_all(workspace: Workspace) -> None:
    me = member(workspace, Role.AGENT)
    client = signed_in(me)
    client.post("/notices/", {"case.given": "off", "case.late": "nonsense"})
    assert list(NoticeChoice.objects.values_list("kind", "way")) == [("case.given", "off")]
    assert tell([news(me)], now=timezone.now()) == 0


def test_a_notice_is_said_in_the_readers_language_and_goes_with_what_it_is_about(workspace: Workspace) -> None:
    from django.utils.translation import get_language

    me = member(workspace, Role.AGENT)
    me.user.language = "fr"
    me.user.save()
    tell([News("case.given", "case 9", "/cases/9", lambda: f"said in {get_language()}", [Member.objects.select_related("user").get(pk=me.pk)])],
         now=timezone.now())  # fmt: skip
    assert Notice.objects.get().text == "said in fr"
    assert forget(["case 9"]) == 1
