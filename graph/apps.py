from django.apps import AppConfig


class GraphConfig(AppConfig):
    name = "graph"

    def ready(self):
        from graph import queue
        from people.templatetags.navigation import COUNTS

        COUNTS["graph:queue"] = queue.count
