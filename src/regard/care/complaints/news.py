"""What members are told of complaints: the number, never a name."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.care.cases.models import Case
from regard.care.cases.news import about
from regard.outreach.notices.kinds import NoticeKind
from regard.outreach.notices.models import Way
from regard.outreach.notices.tell import News
from regard.workspace.members.models import Member

_SAID = {
    "complaint.soon": lambda: _("The final response to complaint %(number)s is due soon"),
    "complaint.late": lambda: _("Complaint %(number)s is past a deadline"),
    "complaint.approve": lambda: _("Money for complaint %(number)s waits for your approval"),
    "complaint.decided": lambda: _("Money that you proposed for complaint %(number)s was decided on"),
}
NOTICES = [
    NoticeKind("complaint.soon", gettext_lazy("A final response is due soon"), Way.MAIL),
    NoticeKind("complaint.late", gettext_lazy("A complaint is past a deadline"), Way.MAIL),
    NoticeKind("complaint.approve", gettext_lazy("Money waits for my approval"), Way.MAIL),
    NoticeKind("complaint.decided", gettext_lazy("Money that I proposed was decided on"), Way.MAIL),
]


def news(kind: str, case: Case, members: Sequence[Member]) -> News:
    return News(kind, about(case), reverse("complaints:show", args=[case.number]), lambda: _SAID[kind]() % {"number": case.number}, members)
