from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.listening.mine.models import Heard
from regard.listening.surveys.models import Survey
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


class HeardForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Heard
        fields = ["said", "did"]
        widgets = {"did": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "said": _("Such as: We wait too long on the phone."),
            "did": _("What has changed because of it, in the language of most of your respondents."),
        }


def index(request: RegardRequest, pk: int) -> HttpResponse:
    """What respondents are told of what became of their answers: on the own page of everybody who had answered by then."""
    survey = get_object_or_404(Survey, pk=pk, workspace=request.workspace)
    form = HeardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.survey, made.by = survey, request.user.email
        made.save()
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="survey.heard", subject=survey.name)
        messages.success(request, _("Everybody who has answered reads it on their own page."))
        return redirect("surveys:heard", pk)
    return render(request, "listening/mine/heard.html", {"survey": survey, "form": form, "heard": Heard.objects.filter(survey=survey)[:100]})


@require_POST
def remove(request: RegardRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Heard, pk=pk, survey__workspace=request.workspace)
    survey = found.survey_id
    found.delete()
    messages.success(request, _("Taken back."))
    return redirect("surveys:heard", survey)
