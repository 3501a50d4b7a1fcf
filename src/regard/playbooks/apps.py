from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "regard.playbooks"
    label = "playbooks"
