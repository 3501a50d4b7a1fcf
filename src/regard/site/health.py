"""Whether both engines answer, for load balancers and people."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout

from regard.warehouse import warehouse


def show(request: HttpRequest) -> JsonResponse:
    state = engines()
    response = JsonResponse(state, status=200 if state["status"] == "ok" else 503)
    response["Cache-Control"] = "no-store"
    return response


def engines() -> dict[str, Any]:
    """`{"status": "ok" | "degraded", "postgresql": …, "clickhouse": …, "waiting": inbox rows not yet projected}`."""
    state, waiting = postgres()
    clickhouse = "ok" if warehouse().answers() else "away"
    status = "ok" if (state, clickhouse) == ("ok", "ok") else "degraded"
    return {"status": status, "postgresql": state, "clickhouse": clickhouse, "waiting": waiting}


def postgres() -> tuple[str, int | None]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from (select 1 from ledger_inboxrow where batch_id is null limit 10000) waiting"
            )
            return "ok", cursor.fetchone()[0]
    except (DatabaseError, InterfaceError, PoolTimeout):
        return "away", None
