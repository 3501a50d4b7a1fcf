from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "regard.workspace"
    label = "workspace"
