"""The pages on which surveys are put into other pages, and the script that does it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from regard.listening.inapp.bundle import serve
from regard.listening.inapp.trial import trial_pass
from regard.listening.links.addresses import host_of_surveys
from regard.listening.surveys.models import Survey
from regard.listening.widgets.forms import WidgetForm
from regard.listening.widgets.models import Widget
from regard.listening.widgets.queries import widgets_of
from regard.listening.widgets.script import widget_script
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

#: Sites get a changed script within the hour.
_SCRIPT_HOLDS = 3600


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    return serve(request, widget_script(), seconds=_SCRIPT_HOLDS)


def index(request: RegardRequest, pk: int) -> HttpResponse:
    survey = _survey(request, pk)
    context = {
        "survey": survey, "listed": widgets_of(request.scope, survey), "version": survey.published,
        "may_edit": request.member.may(Right.CATALOGUE),
    }  # fmt: skip
    return render(request, "listening/widgets/index.html", context)


def new(request: RegardRequest, pk: int) -> HttpResponse:
    return _editor(request, Widget(survey=_survey(request, pk)))


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    return _editor(request, _find(request, pk))


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """What to copy into the page or the app."""
    widget = _find(request, pk)
    context = {
        "widget": widget, "survey": widget.survey, "rules": widget.rules, "host": host_of_surveys(request),
        "may_edit": request.member.may(Right.CATALOGUE), "may_sign": request.member.may(Right.CONFIGURE),
    }  # fmt: skip
    return render(request, "listening/widgets/show.html", context)


def try_out(request: RegardRequest, pk: int) -> HttpResponse:
    """A plain page that has the script; what is answered there is not counted."""
    widget = _find(request, pk)
    context = {"widget": widget, "trial": trial_pass(widget.survey_id), "rules": widget.rules}
    return render(request, "listening/widgets/try.html", context)


@never_cache
@require_POST
def secret(request: RegardRequest, pk: int) -> HttpResponse:
    """A new secret, shown once; the one before signs nobody any more."""
    widget = _find(request, pk)
    made = widget.new_secret(by=request.user.email)
    return render(request, "listening/widgets/secret.html", {"widget": widget, "survey": widget.survey, "secret": made})


def close(request: RegardRequest, pk: int) -> HttpResponse:
    widget = _find(request, pk)
    if request.method == "POST":
        widget.close(by=request.user.email)
        messages.success(request, _("The widget shows nothing any more."))
        return redirect("widgets:index", widget.survey_id)
    question = Confirm(
        title=_("Close “%(name)s”?") % {"name": widget.name}, act=_("Close it"), keep=_("Keep it open"),
        back=reverse("widgets:show", args=[widget.pk]), crumb=widget.survey.name,
        texts=(_("Pages that have its script show nothing any more. Who has begun may finish; answers stay."),),
    )  # fmt: skip
    return ask(request, question)


def _editor(request: RegardRequest, widget: Widget) -> HttpResponse:
    form = WidgetForm(request.POST or None, instance=widget)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).keep(form.targeting, by=request.user.email)
        messages.success(request, _("Kept. Pages that have the script go by it within a minute."))
        return redirect("widgets:show", widget.pk)
    return render(request, "listening/widgets/edit.html", {"form": form, "widget": widget, "survey": widget.survey})


def _survey(request: RegardRequest, pk: int) -> Survey:
    return get_object_or_404(Survey, pk=pk, workspace=request.workspace, retired=None)


def _find(request: RegardRequest, pk: int) -> Widget:
    open_ = Widget.objects.select_related("survey__workspace").filter(closed=None, survey__retired=None)
    return get_object_or_404(open_, pk=pk, survey__workspace=request.workspace)
