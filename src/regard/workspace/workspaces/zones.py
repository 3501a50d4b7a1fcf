from __future__ import annotations

import zoneinfo


def zone_choices() -> list[tuple[str, str]]:
    """The time zones that people live in, by name; UTC first."""
    known = (
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(known))]
