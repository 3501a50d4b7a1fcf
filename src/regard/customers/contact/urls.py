from __future__ import annotations

from django.urls import path

from regard.customers.contact.panel import views as panel
from regard.customers.contact.policy import views as policy
from regard.customers.contact.public import views as public
from regard.customers.contact.suppression import views as suppression

app_name = "contact"
urlpatterns = [
    path("unsubscribe/<str:link>", public.unsubscribe, name="unsubscribe"),
    path("consent/<str:link>", public.confirm, name="confirm"),
    path("customers/<int:pk>/contact", panel.panel, name="panel"),
    path("customers/<int:pk>/consents", panel.record, name="record"),
    path("customers/<int:pk>/restraints", panel.hold, name="hold"),
    path("customers/<int:pk>/restraints/<int:id>/lifting", panel.release, name="release"),
    path("settings/contact/", policy.index, name="policy"),
    path("settings/contact/beginning", policy.begin, name="begin"),
    path("settings/contact/quiet-hours", policy.add_quiet, name="quiet"),
    path("settings/contact/quiet-hours/<int:pk>/removal", policy.remove_quiet, name="quiet_remove"),
    path("settings/contact/frequency", policy.add_frequency, name="frequency"),
    path("settings/contact/frequency/<int:pk>/removal", policy.remove_frequency, name="frequency_remove"),
    path("settings/contact/pauses", policy.pause, name="pause"),
    path("settings/contact/pauses/<int:pk>/end", policy.resume, name="resume"),
    path("settings/contact/purposes/new", policy.add_purpose, name="purpose_new"),
    path("settings/contact/purposes/<int:pk>", policy.purpose, name="purpose"),
    path("settings/contact/purposes/<int:pk>/wording", policy.word, name="word"),
    path("settings/contact/purposes/<int:pk>/retirement", policy.retirement, name="purpose_retire"),
    path("settings/contact/purposes/<int:pk>/return", policy.return_, name="purpose_return"),
    path("settings/suppressions/", suppression.index, name="suppressions"),
    path("settings/suppressions/new", suppression.add, name="suppress"),
    path("settings/suppressions/list.csv", suppression.as_csv, name="suppressions_csv"),
    path("settings/suppressions/<int:pk>/removal", suppression.remove, name="unsuppress"),
]
