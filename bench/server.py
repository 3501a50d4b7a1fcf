"""`regard serve` with the yardstick's view beside it in the same process."""

from __future__ import annotations

from regard.site.engines.start import engines, migrate
from regard.site.permissions import PERMISSIONS, Open

if __name__ == "__main__":
    with engines("bench"):
        migrate()
        from django.conf import settings

        settings.ROOT_URLCONF = "bench.ninja"
        PERMISSIONS["bench:*"] = Open()
        from regard.site.server import serve

        serve(host="127.0.0.1", port=settings.PORT, on_ready=lambda address: None)
