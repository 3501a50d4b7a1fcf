from __future__ import annotations

from django.urls import path

from regard.customers.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.index, name="index"),
    path("retention", views.keep, name="keep"),
    path("masking", views.mask, name="mask"),
    path("retention/<int:pk>/removal", views.keep_for_ever, name="keep_for_ever"),
    path("customers/<int:pk>", views.customer, name="customer"),
    path("customers/<int:pk>/everything.zip", views.give_out, name="give_out"),
    path("customers/<int:pk>/erasure", views.erase, name="erase"),
    path("customers/<int:pk>/correction", views.correct, name="correct"),
    path("customers/<int:pk>/names", views.name, name="name"),
    path("customers/<int:pk>/names/<int:id>/removal", views.unname, name="unname"),
    path("erasures/<int:pk>", views.erasure, name="erasure"),
    path("erasures/<int:pk>.json", views.certificate_json, name="certificate"),
]
