"""The page on which a guessed map is looked at, mended, tried and used."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.files.begin_import import catalogue, guess_map
from regard.connectors.files.chunking import sample
from regard.connectors.files.forms import edited
from regard.connectors.files.guessing import guess
from regard.connectors.files.import_map import ImportMap, ImportMapError, check, from_yaml, to_yaml
from regard.connectors.files.jobs import carry_out_import
from regard.connectors.files.map_page import map_parts
from regard.connectors.files.models import FileImport, ImportRefused
from regard.connectors.files.queries import first_rows, trial
from regard.connectors.files.reading import About, Question, UnreadableFile
from regard.connectors.files.sniffing import sniff
from regard.connectors.files.views import find
from regard.jobs.defer import defer
from regard.workspace.members.middleware import RegardRequest


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    """Look at the map and mend it; `act` says whether to keep it, try it, or import with it."""
    found = find(request, pk)
    import_map, fault = found.import_map, ""
    tried = None
    if request.method == "POST":
        try:
            import_map = edited(import_map, request.POST.dict())
            act = request.POST.get("act", "keep")
            if act == "import":
                return _import(request, found, import_map)
            if not found.begun:
                found.keep_map(import_map)
            tried = trial(found, import_map)
        except (ImportMapError, ImportRefused) as error:
            fault = str(error)
    return _page(request, found, import_map, fault=fault, tried=tried)


def answer(request: RegardRequest, pk: int) -> HttpResponse:
    """Answer the questions about how the file is written, and guess again."""
    found = find(request, pk)
    if request.method == "POST" and found.begun is None and found.path is not None:
        questions = found.import_map.reading.questions
        settled: dict[About, str] = {}
        for question in questions:
            choice = request.POST.get(f"reading-{question.about}", "")
            if choice in question.choices:
                settled[question.about] = choice
        try:
            reading = sniff(found.path, settled=settled)
            rows = sample(found.path, reading=reading)
            names = list(catalogue(request.workspace))
            found.map_text = to_yaml(
                guess(reading, rows, what=found.import_map.what, touchpoint_names=names), settled=False
            )
            found.save(update_fields=["map_text"])
        except UnreadableFile as error:
            messages.error(request, str(error))
    return redirect("imports:map", found.pk)


def again(request: RegardRequest, pk: int) -> HttpResponse:
    """Guess the map anew, for a file that holds something else than was said."""
    found = find(request, pk)
    what = request.POST.get("what", "")
    if request.method == "POST" and found.begun is None and found.path and what in FileImport.Kind.values:
        found.what = what
        import_map = guess_map(found.path, what=what, workspace=request.workspace)  # type: ignore[arg-type]
        found.map_text = to_yaml(import_map, settled=False)
        found.save(update_fields=["what", "map_text"])
    return redirect("imports:map", found.pk)


def text(request: RegardRequest, pk: int) -> HttpResponse:
    """The map as YAML: everything it can say, and for the command line."""
    found = find(request, pk)
    written, fault = to_yaml(found.import_map), ""
    if request.method == "POST":
        written = request.POST.get("map", "")
        try:
            import_map = from_yaml(written)
            check(import_map)
            if found.begun:
                found.redo(import_map, by=request.user.email)
                return redirect("imports:show", found.pk)
            found.keep_map(import_map)
            return redirect("imports:map", found.pk)
        except (ImportMapError, ImportRefused) as error:
            fault = str(error)
    return render(request, "connectors/files/text.html", {"found": found, "written": written, "fault": fault})


def _import(request: RegardRequest, found: FileImport, import_map: ImportMap) -> HttpResponse:
    if import_map.reading.questions:
        raise ImportMapError(_("Answer the open questions about the file first."))
    if found.begun:
        found.redo(import_map, by=request.user.email)
        messages.success(request, _("%(name)s is being read again with the new map.") % {"name": found})
        return redirect("imports:show", found.pk)
    check(import_map)
    found.keep_map(import_map)
    # Begun from here on, so that a second click cannot begin it again.
    begun = FileImport.objects.filter(pk=found.pk, begun=None).update(begun=timezone.now())
    if begun:
        defer(carry_out_import, pk=found.pk)
    return redirect("imports:show", found.pk)


def _page(
    request: RegardRequest, found: FileImport, import_map: ImportMap, *, fault: str, tried: object
) -> HttpResponse:
    questions: tuple[Question, ...] = import_map.reading.questions
    told = map_parts(import_map, first_rows(found, rows=2000)) | {
        "found": found,
        "questions": questions,
        "kinds": FileImport.Kind.choices,
        "fault": fault,
        "trial": tried,
    }
    return render(request, "connectors/files/map.html", told)
