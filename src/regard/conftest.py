from __future__ import annotations


def pytest_sessionstart() -> None:
    """Tests gather no static files, so their addresses are plain."""
    from django.conf import settings

    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
