from django.apps import AppConfig


class MiningConfig(AppConfig):
    name = "mining"

    def ready(self):
        from annotation import kinds
        from mining.kinds.image_text import IMAGE_TEXT
        from mining.kinds.phrase import PHRASE
        from mining.kinds.relation_sentence import RELATION_SENTENCE

        for kind in (PHRASE, RELATION_SENTENCE, IMAGE_TEXT):
            kinds.register(kind)
