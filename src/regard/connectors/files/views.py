from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.connectors.files.begin_import import upload
from regard.connectors.files.forms import UploadForm
from regard.connectors.files.models import FileImport, ImportRefused
from regard.connectors.files.queries import report
from regard.connectors.files.reading import UnreadableFile
from regard.connectors.files.refused_csv import refused_csv
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    found = FileImport.objects.filter(workspace=request.workspace)[:200]
    return render(request, "connectors/files/index.html", {"imports": found})


def new(request: RegardRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = upload(
                file.chunks(),
                name=file.name,
                what=form.cleaned_data["what"],
                workspace=request.workspace,
                actor=request.user.email,
            )
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:map", found.pk)
    return render(request, "connectors/files/new.html", {"form": form})


def show(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if found.begun is None and not found.failed:
        return redirect("imports:map", found.pk)
    return render(request, "connectors/files/show.html", {"report": report(found)})


def progress(request: RegardRequest, pk: int) -> HttpResponse:
    told = report(find(request, pk))
    response = render(request, "connectors/files/_progress.html", {"report": told})
    if told.done:
        response["HX-Refresh"] = "true"  # the page's title says what is true now
    return response


def refused(request: RegardRequest, pk: int) -> StreamingHttpResponse:
    found = find(request, pk)
    return refused_csv(found.source_id, name=f"refused-{found.pk}.csv")


def undo(request: RegardRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if request.method == "POST":
        try:
            found.undo(by=request.user.email)
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(name)s is being taken back.") % {"name": found})
        return redirect("imports:show", found.pk)
    told = report(found)
    lost = ngettext(
        "%(n)s row that came from it leaves the ledger.",
        "%(n)s rows that came from it leave the ledger.",
        told.accepted,
    ) % {"n": told.accepted}
    question = Confirm(
        title=_("Undo the import of %(name)s?") % {"name": found},
        act=_("Undo the import"), keep=_("Keep it"),
        back=reverse("imports:show", args=[found.pk]), crumb=_("Imports"), lost=(lost,),
        texts=(_("Touchpoints and units that it brought along stay. The file can be imported again."),),
    )  # fmt: skip
    return ask(request, question)


def drop(request: RegardRequest, pk: int) -> HttpResponse:
    """Throw an upload away that was never imported."""
    found = find(request, pk)
    if request.method == "POST" and found.begun is None:
        found.drop_upload()
        found.delete()
        return redirect("imports:new")
    question = Confirm(
        title=_("Throw %(name)s away?") % {"name": found}, act=_("Throw away"), keep=_("Keep"),
        back=reverse("imports:map", args=[found.pk]), crumb=_("Imports"),
        texts=(_("Nothing of it has been imported yet."),),
    )  # fmt: skip
    return ask(request, question)


def find(request: RegardRequest, pk: int) -> FileImport:
    found = FileImport.objects.select_related("workspace", "source")
    return get_object_or_404(found, pk=pk, workspace=request.workspace)
