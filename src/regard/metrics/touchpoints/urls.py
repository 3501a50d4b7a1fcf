from __future__ import annotations

from django.urls import path

from regard.ledger.touchpoints import views as editing
from regard.metrics.touchpoints import views

app_name = "touchpoints"
urlpatterns = [
    path("", views.index, name="index"),
    path("new", editing.add, name="new"),
    path("template", editing.use_template, name="template"),
    path("<int:pk>", editing.edit, name="edit"),
    path("<int:pk>/retirement", editing.retirement, name="retirement"),
    path("<int:pk>/return", editing.return_, name="return"),
]
