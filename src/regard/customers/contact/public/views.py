"""Pages behind links in messages. Looking changes nothing (mail scanners look); they need no session and set no cookie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regard.customers.contact.channels import channel_name
from regard.customers.contact.public.act import (
    LinkUsedUp,
    can_confirm,
    come_back,
    leave,
    leave_all,
    standing,
)
from regard.customers.contact.public.act import confirm as confirm_it
from regard.customers.contact.public.links import (
    Subscription,
    links_to_unsubscribe,
    read_confirm,
    read_undo,
    read_unsubscribe,
    undo_token,
)
from regard.customers.people.models import Profile


@csrf_exempt  # the link is the right to act, and mail programs have no token
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, link: str) -> HttpResponse:
    """Ask, and on POST do it: a button of the page, or a mail program's (RFC 8058)."""
    about = read_unsubscribe(link)
    if about is None:
        return _gone(request, _("This link does not lead anywhere"), 404)
    if request.method != "POST":
        return _unsubscribed(request, about)
    now = timezone.now()
    what = request.POST.get("what", "")
    if request.POST.get("List-Unsubscribe") == "One-Click" and not what:
        leave(about, now=now)
        return _private(HttpResponse(_("Unsubscribed."), content_type="text/plain; charset=utf-8"))
    if what == "back":
        back = come_back(about, read_undo(request.POST.get("undo", "")), now=now)
        return _unsubscribed(request, about, done="back" if back else "")
    if what == "everything":
        rows = leave_all(about, now=now)
        return _unsubscribed(request, about, done="everything", undo=undo_token(rows) if rows else "")
    if what == "purpose":
        rows = leave(about, now=now)
        return _unsubscribed(request, about, done="purpose", undo=undo_token(rows) if rows else "")
    return _unsubscribed(request, about)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, link: str) -> HttpResponse:
    """Double opt-in: only the button confirms."""
    asked = read_confirm(link)
    if asked is None:
        return _gone(request, _("This link does not work, or no longer"), 404)
    customer = Profile.objects.get(pk=asked.profile_id).customer_id
    context = {"asked": asked, "brand": asked.workspace.name, "channel": channel_name(asked.channel), "done": False}
    if request.method == "POST":
        try:
            confirm_it(asked, now=timezone.now())
        except LinkUsedUp:
            return _gone(request, _("This link has been used"), 410, brand=asked.workspace.name)
        context["done"] = True
        context["leave"] = links_to_unsubscribe(
            asked.workspace_id, [customer], purpose=asked.purpose, channel=asked.channel
        )[customer]
    elif not can_confirm(asked, customer):
        return _gone(request, _("This link has been used"), 410, brand=asked.workspace.name)
    return _private(render(request, "customers/contact/public/confirm.html", context))


def _unsubscribed(request: HttpRequest, about: Subscription, *, done: str = "", undo: str = "") -> HttpResponse:
    context = {
        "about": about, "brand": about.workspace.name, "channel": channel_name(about.channel), "now": standing(about),
        "done": done, "undo": undo,
    }  # fmt: skip
    return _private(render(request, "customers/contact/public/unsubscribe.html", context))


def _gone(request: HttpRequest, title: str, status: int, *, brand: str = "") -> HttpResponse:
    return _private(
        render(request, "customers/contact/public/gone.html", {"title": title, "brand": brand}, status=status)
    )


def _private(answer: HttpResponse) -> HttpResponse:
    """The address holds the right to act: it goes into no cache and to no other site."""
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
