from django.apps import AppConfig


class MiningConfig(AppConfig):
    name = "mining"

    def ready(self):
        from annotation import kinds
        from mining.kinds.phrase import PHRASE

        kinds.register(PHRASE)
