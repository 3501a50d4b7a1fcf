from __future__ import annotations

from django.urls import path

from regard.ledger.redaction import views

app_name = "redaction"
urlpatterns = [path("", views.index, name="index"), path("redaction", views.redact, name="redact")]
