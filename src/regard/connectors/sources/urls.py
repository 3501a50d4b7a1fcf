from __future__ import annotations

from django.urls import path

from regard.connectors.sources import views
from regard.connectors.sources.mapping import views as mapping
from regard.connectors.sources.refused import views as refused

app_name = "sources"
urlpatterns = [
    path("", views.index, name="index"),
    path("connect", views.connect, name="connect"),
    path("refused", refused.index, name="refused"),
    path("refused/replay", refused.again, name="replay"),
    path("mapping", mapping.index, name="mapping"),
    path("mapping/replay", mapping.again, name="remap"),
    path("mapping/rule", mapping.rule, name="rule"),
    path("mapping/rule/<int:place>", mapping.rule, name="rule_edit"),
    path("mapping/rule/<int:place>/removal", mapping.remove, name="rule_remove"),
    path("mapping/rule/<int:place>/move", mapping.move, name="rule_move"),
]
