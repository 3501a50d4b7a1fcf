from __future__ import annotations

from django.urls import path

from regard.care.files import views

app_name = "casefiles"
urlpatterns = [
    path("<int:number>/files/<uuid:file>", views.show, name="show"),
    path("<int:number>/files/<uuid:file>/picture", views.picture, name="picture"),
]
