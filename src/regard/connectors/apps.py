from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "regard.connectors"
    label = "connectors"
