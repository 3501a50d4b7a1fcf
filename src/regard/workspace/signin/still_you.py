from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from regard.workspace.members.middleware import RegardRequest

View = Callable[..., HttpResponseBase]


def still_you(view: View) -> View:
    """Ask for the password (or second factor) again, unless it was given in the last quarter of an hour.

    allauth would keep a form that was sent and run the view on it later, past our gate; we have the page
    opened anew instead.
    """
    guarded: View = reauthentication_required(view)

    @wraps(view)
    def ask_first(request: RegardRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return guarded(request, *args, **kwargs)
        except ReauthenticationRequired:
            return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")

    return ask_first
