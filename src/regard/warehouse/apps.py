from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "regard.warehouse"
    label = "warehouse"
