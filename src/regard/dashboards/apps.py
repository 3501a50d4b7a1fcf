from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "regard.dashboards"
    label = "dashboards"
