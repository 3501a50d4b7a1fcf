"""The command line's door into the running server: what only the process that owns chDB can do."""

from __future__ import annotations

import json
from pathlib import Path

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from regard.workspace.keys.caller import is_local

app_name = "control"


@csrf_exempt
@require_POST
def backup(request: HttpRequest) -> JsonResponse:
    if not is_local(request.headers.get("Authorization", "").removeprefix("Bearer ")):
        return JsonResponse({"detail": "Only the command line on this machine may ask this."}, status=401)
    from regard.site.backup import BackupFailed, back_up

    try:
        return JsonResponse(back_up(Path(json.loads(request.body)["folder"])))
    except BackupFailed as problem:
        return JsonResponse({"detail": str(problem)}, status=409)


urlpatterns = [path("backup", backup, name="backup")]
