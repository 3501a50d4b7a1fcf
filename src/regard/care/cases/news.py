"""What members are told of cases. A notice says the number and what it is about, never a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.care.cases.models import Case
from regard.outreach.notices.kinds import NoticeKind
from regard.outreach.notices.models import Way
from regard.outreach.notices.tell import News
from regard.workspace.members.models import Member

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: How much of the title a notice shows.
_MUCH = 120


@dataclass(frozen=True)
class _Said:
    label: StrOrPromise
    way: Way
    text: Callable[[Case], str]


def _titled(case: Case) -> dict[str, object]:
    return {"number": case.number, "title": case.title[:_MUCH]}


_SAID = {
    "case.given": _Said(gettext_lazy("A case is given to me"), Way.MAIL, lambda case: _("Case %(number)s is yours: %(title)s") % _titled(case)),
    "case.new": _Said(
        gettext_lazy("A new case that nobody has"), Way.DIGEST, lambda case: _("Case %(number)s waits for somebody: %(title)s") % _titled(case)
    ),
    "case.heard": _Said(
        gettext_lazy("A customer answered"), Way.MAIL, lambda case: _("The customer of case %(number)s wrote: %(title)s") % _titled(case)
    ),
    "case.named": _Said(
        gettext_lazy("A colleague names me in a case"), Way.MAIL, lambda case: _("You are named in case %(number)s: %(title)s") % _titled(case)
    ),
    "case.denied": _Said(
        gettext_lazy("A customer says it is not solved"), Way.MAIL, lambda case: _("Case %(number)s is not solved: %(title)s") % _titled(case)
    ),
    "case.soon": _Said(
        gettext_lazy("A case of mine is due soon"), Way.PAGE, lambda case: _("Case %(number)s is due soon: %(title)s") % _titled(case)
    ),
    "case.late": _Said(gettext_lazy("A case runs late"), Way.MAIL, lambda case: _("Case %(number)s runs late: %(title)s") % _titled(case)),
    "case.watched": _Said(
        gettext_lazy("Something happens in a case that I watch"), Way.PAGE, lambda case: _("News in case %(number)s: %(title)s") % _titled(case)
    ),
}  # fmt: skip

NOTICES = [NoticeKind(name, said.label, said.way) for name, said in _SAID.items()]


def about(case: Case) -> str:
    return f"case {case.pk}"


def news(kind: str, case: Case, members: Sequence[Member]) -> News:
    return News(kind, about(case), reverse("cases:show", args=[case.number]), lambda: _SAID[kind].text(case), members)
