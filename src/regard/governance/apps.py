from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "regard.governance"
    label = "governance"
