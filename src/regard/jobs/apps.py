from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "regard.jobs"
    label = "jobs"
    verbose_name = "Queue and events"
