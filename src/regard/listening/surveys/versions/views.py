"""The versions of a survey, and what changed between two of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from regard.listening.surveys.definition import Survey as Content
from regard.listening.surveys.models import Survey, Version
from regard.listening.surveys.versions.compare import compare
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

DRAFT = "draft"


def index(request: RegardRequest, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk, workspace=request.workspace)
    versions = list(survey.versions.order_by("-number"))
    changed = not versions or versions[0].definition != survey.draft
    offered = ({DRAFT: _("the draft")} if changed else {}) | {
        str(one.number): _("version %(number)s") % {"number": one.number} for one in versions
    }
    new = request.GET.get("new", "")
    new = new if new in offered else next(iter(offered))
    older = [key for key in offered if key not in (new, DRAFT)]
    old = request.GET.get("old", "")
    if old not in offered or old == new:
        old = next((key for key in older if new == DRAFT or int(key) < int(new)), older[0] if older else "")
    changes = compare(_content(survey, versions, old), _content(survey, versions, new)) if old else []
    context = {
        "survey": survey, "versions": versions, "changed": changed, "offered": offered, "old": old, "new": new, "changes": changes,
        "old_name": offered.get(old, ""), "new_name": offered[new], "may_edit": request.member.may(Right.CATALOGUE),
    }  # fmt: skip
    return render(request, "listening/surveys/versions/index.html", context)


def _content(survey: Survey, versions: list[Version], key: str) -> Content:
    return survey.content if key == DRAFT else next(one for one in versions if str(one.number) == key).content
