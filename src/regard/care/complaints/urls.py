from __future__ import annotations

from django.urls import path

from regard.care.complaints import settings, views
from regard.care.complaints.evidence import views as evidence
from regard.care.complaints.public import views as public
from regard.care.complaints.report import views as report

app_name = "complaints"
urlpatterns = [
    path("complaints/", views.index, name="index"),
    path("complaints/new", views.add, name="new"),
    path("complaints/report", report.index, name="report"),
    path("complaints/evidence", evidence.check, name="check"),
    path("complaints/of/<int:number>", views.turn, name="turn"),
    path("complaints/<int:number>", views.show, name="show"),
    path("complaints/<int:number>/act", views.act, name="act"),
    path("complaints/<int:number>/receipt", views.mend, name="mend"),
    path("complaints/<int:number>/evidence", evidence.pack, name="pack"),
    path("settings/complaints/", settings.index, name="settings"),
    path("settings/complaints/rules/new", settings.rule, name="rule_new"),
    path("settings/complaints/rules/<int:pk>", settings.rule, name="rule"),
    path("settings/complaints/rules/library", settings.take, name="take"),
    path("settings/complaints/rules/<int:pk>/retirement", settings.retire, name="retire"),
    path("settings/complaints/limits", settings.limits, name="limits"),
    path("settings/complaints/form", settings.door, name="door"),
    path("complain/<str:token>", public.form, name="form"),
]
