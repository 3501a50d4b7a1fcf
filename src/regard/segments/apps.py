from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "regard.segments"
    label = "segments"
