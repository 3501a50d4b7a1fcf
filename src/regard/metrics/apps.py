from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "regard.metrics"
    label = "metrics"
