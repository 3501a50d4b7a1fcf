from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static


def show(request: HttpRequest) -> HttpResponse:
    """For browsers that ask for it by its old name; every page links the drawing itself."""
    return redirect(static("regard/mark.svg"))
