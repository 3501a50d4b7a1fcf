"""The site's addresses with those of imports, whether or not the site lists them itself."""

from django.urls import include, path

from regard.site.urls import urlpatterns as site

urlpatterns = [*site, path("imports/", include("regard.connectors.files.urls"))]
