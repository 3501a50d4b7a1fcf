"""Which streams are fetched, and what their columns become."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from regard.connectors.files.forms import edited
from regard.connectors.files.import_map import ColumnMap, ImportMap, ImportMapError, check, from_yaml, to_yaml
from regard.connectors.files.map_page import map_parts
from regard.connectors.files.models import FileImport
from regard.connectors.files.queries import Trial, try_out
from regard.connectors.files.rows import OWN
from regard.connectors.taps.catalog import FULL, INCREMENTAL, fields_of
from regard.connectors.taps.guessing import guess_stream
from regard.connectors.taps.models import Connection, Run, Stream
from regard.connectors.taps.queries import first_records
from regard.connectors.taps.views import act, find
from regard.workspace.members.middleware import RegardRequest

TRIAL = 100
MOST_SHOWN = 60


def choose(request: RegardRequest, pk: int) -> HttpResponse:
    """Tick the streams that are wanted."""
    found = find(request, pk)
    streams = list(found.streams.defer("sample", "map_text"))
    if request.method == "POST":
        if found.open_run is not None and found.open_run.kind == Run.Kind.RUN:
            messages.error(request, _("It is running: choose the streams when it has ended."))
            return redirect("connections:streams", pk)
        wanted, seen = set(request.POST.getlist("stream")), set(request.POST.getlist("shown"))
        with transaction.atomic():
            for stream in streams:
                if str(stream.pk) not in seen:
                    continue
                stream.selected = str(stream.pk) in wanted
                _method(stream, request)
                stream.save(update_fields=["selected", "method", "replication_key"])
            names = ", ".join(stream.name for stream in streams if stream.selected)
            found.audit("connection.streams", by=request.user.email, streams=names[:400])
        return redirect("connections:show", pk)
    query = request.GET.get("q", "").strip().lower()
    shown = [stream for stream in streams if query in stream.name.lower()]
    shown = sorted(shown, key=lambda stream: not stream.selected)[:MOST_SHOWN]
    context = {"found": found, "streams": shown, "all": len(streams), "q": query, "full": FULL, "incremental": INCREMENTAL}  # fmt: skip
    return render(request, "connectors/taps/streams.html", context)


def edit_map(request: RegardRequest, pk: int, stream: int) -> HttpResponse:
    """Look at the map and mend it; `act` says whether to try it or to use it from now on."""
    found, one = _find(request, pk, stream)
    if not one.map_text:
        return render(
            request,
            "connectors/taps/unmapped.html",
            {"found": found, "stream": one, "active": found.open_run, "latest": found.runs.filter(stream=one).first()},
        )
    import_map, fault, tried = _with_new_columns(one), "", None
    if request.method == "POST":
        try:
            import_map = edited(import_map, request.POST.dict())
            if request.POST.get("act") == "use":
                return _use(request, found, one, import_map)
            if not one.confirmed:
                one.keep_map(import_map, confirmed=False)
            tried = _try(one, import_map)
        except ImportMapError as error:
            fault = str(error)
    table = first_records(one)
    context = map_parts(import_map, table) | {
        "found": found, "stream": one, "fault": fault, "trial": tried, "what": import_map.what, "kinds": FileImport.Kind.choices,
        "examples": table.num_rows, "keyless": not one.keys and not import_map.each("key"),
        "fields": [(name, name in one.left_out, name in one.keys or name == one.replication_key) for name in fields_of(found.catalog, one.name)],
    }  # fmt: skip
    return render(request, "connectors/taps/map.html", context)


def text(request: RegardRequest, pk: int, stream: int) -> HttpResponse:
    """The map as YAML: everything that it can say."""
    found, one = _find(request, pk, stream)
    if not one.map_text:
        return redirect("connections:map", pk, stream)
    written, fault = to_yaml(one.import_map), ""
    if request.method == "POST":
        written = request.POST.get("map", "")
        try:
            import_map = from_yaml(written)
            check(import_map)
            return _use(request, found, one, import_map)
        except ImportMapError as error:
            fault = str(error)
    context = {"found": found, "stream": one, "written": written, "fault": fault}
    return render(request, "connectors/taps/text.html", context)


def guess(request: RegardRequest, pk: int, stream: int) -> HttpResponse:
    """Anew, for a stream that holds something else than was thought."""
    _found, one = _find(request, pk, stream)
    what, table = request.POST.get("what", ""), None
    if request.method == "POST" and what in FileImport.Kind.values and one.map_text:
        table = first_records(one)
        bare = table.drop_columns([name for name in OWN if name in table.column_names])
        guessed = guess_stream(one, bare, what)  # type: ignore[arg-type]
        one.keep_map(guessed, confirmed=False)
        one.confirmed = None
        one.save(update_fields=["confirmed"])
        if guessed.what != what:
            messages.error(
                request, _("No column of it looks like a score or a comment, so it is taken for interactions.")
            )
    return redirect("connections:map", pk, stream)


def sample(request: RegardRequest, pk: int, stream: int) -> HttpResponse:
    """Fetch the first records, to see what they look like."""
    found, one = _find(request, pk, stream)
    if request.method != "POST":
        return redirect("connections:map", pk, stream)
    return act(request, found, Run.Kind.SAMPLE, stream=one)


def fields(request: RegardRequest, pk: int, stream: int) -> HttpResponse:
    """Which fields are asked for at all."""
    found, one = _find(request, pk, stream)
    if request.method == "POST":
        wanted = set(request.POST.getlist("field"))
        one.left_out = [name for name in fields_of(found.catalog, one.name) if name not in wanted]
        one.save(update_fields=["left_out"])
        found.audit("connection.fields", by=request.user.email, stream=one.name, left_out=len(one.left_out))
        messages.success(request, _("From the next run on the other fields are not asked for."))
    return redirect("connections:map", pk, stream)


def _use(request: RegardRequest, found: Connection, one: Stream, import_map: ImportMap) -> HttpResponse:
    check(import_map)
    if one.use_map(import_map, by=request.user.email):
        messages.success(request, _("%(stream)s is being read again with this map.") % {"stream": one})
    else:
        messages.success(request, _("%(stream)s is mapped; the next run takes it in.") % {"stream": one})
    return redirect("connections:show", found.pk)


def _try(one: Stream, import_map: ImportMap) -> Trial:
    table = first_records(one, rows=TRIAL)
    return try_out(table, import_map, namespace=f"stream {one.pk}", zone=one.connection.workspace.zone)


def _with_new_columns(one: Stream) -> ImportMap:
    """Columns that came up since the map was made can be chosen; until then they become nothing."""
    import msgspec

    import_map = one.import_map
    fresh = [name for name in one.declared if name not in import_map.reading.columns]
    if not fresh:
        return import_map
    reading = msgspec.structs.replace(import_map.reading, columns=(*import_map.reading.columns, *fresh))
    columns = [*import_map.columns, *(ColumnMap(column=name, becomes="ignore") for name in fresh)]
    return msgspec.structs.replace(import_map, columns=columns, reading=reading)


def _method(stream: Stream, request: RegardRequest) -> None:
    method, key = request.POST.get(f"method-{stream.pk}"), request.POST.get(f"by-{stream.pk}", "").strip()
    if method in (FULL, INCREMENTAL):
        stream.method = INCREMENTAL if method == INCREMENTAL and key else FULL
        stream.replication_key = key[:200] if stream.method == INCREMENTAL else ""


def _find(request: RegardRequest, pk: int, stream: int) -> tuple[Connection, Stream]:
    found = find(request, pk)
    one = get_object_or_404(
        Stream.objects.select_related("connection__workspace", "source"), pk=stream, connection=found
    )
    return found, one
