from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "regard.care"
    label = "care"
