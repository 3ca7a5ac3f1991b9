from django.apps import AppConfig


class AnnotationConfig(AppConfig):
    name = "annotation"

    def ready(self):
        from annotation import disputes
        from people.templatetags.navigation import COUNTS

        COUNTS["annotation:disputes"] = disputes.count
