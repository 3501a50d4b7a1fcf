"""Where a customer says whether it is solved. Looking records nothing: programs that open links in mail answer nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regard.care.closures.ask import closure_of, open_to_answer, say
from regard.care.closures.models import Closure, Says
from regard.care.closures.words import language_of, words
from regard.listening.answering.limits import busy_page, limited
from regard.listening.answering.page import direction
from regard.listening.answering.views import gone, private
from regard.listening.look.worn import wearing


@csrf_exempt
@limited(busy_page)
@require_http_methods(["GET", "HEAD", "POST"])
def solved(request: HttpRequest, token: str) -> HttpResponse:
    closure = closure_of(token)
    if closure is None:
        return gone(request)
    given, now = request.POST if request.method == "POST" else request.GET, timezone.now()
    says = given.get("says", "")
    done = ""
    if not open_to_answer(closure, now):
        done = closure.says or "gone"
    elif request.method == "POST" and says in Says.values:
        done = says if say(closure, says, text=given.get("words", ""), now=now) else "gone"
    return _page(request, closure, says if says in Says.values else "", done)


def _page(request: HttpRequest, closure: Closure, says: str, done: str) -> HttpResponse:
    language = language_of(closure.case)
    say = words(language)
    page = {"language": language, "direction": direction(language), "say": say, "title": say["subject"]}
    context = {"page": page, "closure": closure, "says": says, "done": done, **wearing(closure.case.workspace)}
    return private(render(request, "care/closures/solved.html", context))
