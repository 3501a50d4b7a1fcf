from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from regard.workspace.members.models import User
from regard.workspace.welcome.forms import WelcomeForm
from regard.workspace.welcome.found import AlreadyFounded, found


def show(request: HttpRequest) -> HttpResponse:
    """The first visit. Once there is a user, this page leads to sign-in."""
    if User.objects.exists():
        return redirect("account_login")
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            owner = found(**form.cleaned_data)
        except AlreadyFounded:
            return redirect("account_login")
        login(request, owner, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("/")
    return render(request, "workspace/welcome/show.html", {"form": form})
