from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "regard.listening"
    label = "listening"
