from __future__ import annotations

from django.urls import path

from regard.customers.identity import policy, views

app_name = "identity"
urlpatterns = [
    path("", views.review, name="review"),
    path("decision", views.decide, name="decide"),
    path("<int:pk>", views.panel, name="panel"),
    path("<int:pk>/other", views.find_other, name="other"),
    path("<int:pk>/joining", views.joining, name="join"),
    path("merges/<int:pk>/undoing", views.take_apart_, name="apart"),
    path("rules", policy.index, name="rules"),
    path("rules/kind", policy.kind, name="kind"),
]
