"""The public page for complaints. It needs no session and sets no cookie; looking records nothing."""

from __future__ import annotations

import re
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regard.care.complaints.models import Complaint
from regard.care.complaints.public.file import file
from regard.care.complaints.public.files import expect_files
from regard.care.complaints.public.forms import TRAP, ComplaintForm
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.complaints.words import day, languages, phrases
from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction
from regard.listening.answering.views import gone, private
from regard.listening.look.worn import wearing
from regard.web.languages import best_language

_KEY = re.compile(r"[\w-]{20,64}")


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, token: str) -> HttpResponse:
    door = ComplaintDoor.objects.select_related("workspace", "queue").filter(token=token).exclude(opened=None).first()
    if door is None:
        return gone(request)
    expect_files(request)
    language = _language(request)
    given = ComplaintForm(request, language=language)
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key):
        key = secrets.token_urlsafe(24)
    if request.method != "POST" or not given.is_valid():
        return _page(request, door, language, {"form": given, "key": key, "trap": TRAP}, status=422 if given.errors else 200)
    if request.POST.get(TRAP):  # it is thanked, and nothing is kept
        return _page(request, door, language, {"number": "#–"})
    made = file(door, given, key=key, language=language, now=timezone.now())
    return _page(request, door, language, _thanks(made, language, given.cleaned_data["email"] if made.acknowledged else ""))


def _thanks(made: Complaint, language: str, email: str) -> dict[str, object]:
    say, by = phrases(language), day(made.answer_by, language, made.case.workspace.zone)
    return {
        "number": say["thanks"].format(number=f"#{made.case.number}"), "thanks": say["thanks_text"].format(answer_by=by),
        "mailed": say["thanks_mail"].format(email=email) if email else "",
    }  # fmt: skip


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in languages() else best_language(request, languages())


def _page(request: HttpRequest, door: ComplaintDoor, language: str, more: dict[str, object], status: int = 200) -> HttpResponse:
    say = phrases(language)
    page = {"language": language, "direction": direction(language), "say": say, "title": say["title"]}
    context = {"page": page, "door": door, **wearing(door.workspace), **more}
    return private(render(request, "care/complaints/public/form.html", context, status=status))
