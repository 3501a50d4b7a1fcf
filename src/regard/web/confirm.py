from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Confirm:
    """A question before something is lost (web/confirm.html): a page of its own, shown as a dialog where
    scripts run.
    """

    title: str
    act: str
    keep: str
    back: str
    crumb: str
    texts: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def ask(request: HttpRequest, confirm: Confirm) -> HttpResponse:
    return render(request, "web/confirm.html", {"confirm": confirm})
