from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "regard.insights"
    label = "insights"
