from __future__ import annotations

from django.urls import path

from regard.listening.mine import views

app_name = "mine"
urlpatterns = [
    path("r/<slug:token>/mine", views.show, name="show"),
    path("r/<slug:token>/mine/change", views.change, name="change"),
    path("r/<slug:token>/mine/removal", views.take_back, name="take_back"),
    path("r/<slug:token>/mine/data", views.data, name="data"),
    path("r/<slug:token>/mine/files/<slug:question>", views.file, name="file"),
    path("r/<slug:token>/mine/request", views.ask, name="ask"),
]
