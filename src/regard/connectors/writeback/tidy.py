"""Files in the folders of destinations go when they have lain there long enough, fetched or not."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from regard.connectors.writeback.models import KEEP_DAYS, Batch, Destination

#: As folder.name_of writes it, and while it is not whole. What somebody else put there is left alone.
_NAME = re.compile(rf"(\d{{8}}T\d{{6}})-[0-9a-f]{{32}}(-({'|'.join(Batch.What.values)}))?\.(csv|part)")
_HALF = timedelta(days=1)


def delete_old_files(*, now: datetime) -> int:
    """Returns how many. The moment is in the name: taking an erased customer's line out makes no file newer."""
    days = dict(Destination.objects.values_list("pk", "keep_days"))
    count = 0
    for folder in (Path(settings.REGARD_DATA) / "exports").glob("*/*/"):
        known = folder.name.isdecimal() and int(folder.name) in days
        kept = timedelta(days=days[int(folder.name)] if known else KEEP_DAYS)
        for file in folder.iterdir():
            if (name := _NAME.fullmatch(file.name)) and _made(name) + (_HALF if name[4] == "part" else kept) < now:
                file.unlink(missing_ok=True)
                count += 1
        if not known:
            with suppress(OSError):  # not empty yet
                folder.rmdir()
    return count


def _made(name: re.Match[str]) -> datetime:
    return datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
