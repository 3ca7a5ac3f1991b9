"""What is asked and answered as JSON."""

from rest_framework import serializers

from annotation.models import (
    Answer,
    BadReason,
    Task,
    Typicality,
)
from annotation.text import render_task

LONGEST_MS = 1000 * 86_400 * 365


class ServedTaskSerializer(serializers.Serializer):
    """A task held for the caller."""

    id = serializers.IntegerField()
    language = serializers.CharField()
    content = serializers.DictField(help_text="What the kind shows to annotators.")
    html = serializers.CharField(
        allow_blank=True, help_text="Rendered for the task page; empty unless asked for."
    )


def served(task: Task, *, html: bool) -> dict:
    return {
        "id": task.pk,
        "language": task.language,
        "content": {} if html else task.content,
        "html": render_task(task) if html else "",
    }


class NextSerializer(serializers.Serializer):
    tasks = ServedTaskSerializer(many=True)
    guideline = serializers.IntegerField(help_text="The guideline version in force, by id.")


class AnswerSerializer(serializers.Serializer):
    id = serializers.UUIDField(help_text="Made by the client; the same id again changes nothing.")
    task = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    answer = serializers.ChoiceField(choices=Answer.choices)
    took_ms = serializers.IntegerField(min_value=0, max_value=LONGEST_MS)
    guideline = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=2**63 - 1
    )
    reason = serializers.ChoiceField(
        choices=BadReason.choices,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of a bad candidate.",
    )
    typicality = serializers.ChoiceField(
        choices=Typicality.choices, required=False, allow_blank=True, default="", help_text="Of a yes."
    )
    comment = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class AnswersSerializer(serializers.Serializer):
    judgments = AnswerSerializer(many=True)
    size = serializers.IntegerField(min_value=0, max_value=50, default=0, help_text="How many tasks to hold.")
    have = serializers.ListField(
        child=serializers.IntegerField(),
        default=list,
        max_length=200,
        help_text="Tasks the client has already.",
    )
    html = serializers.BooleanField(default=False)


class ResultSerializer(serializers.Serializer):
    id = serializers.CharField()
    status = serializers.ChoiceField(choices=[("saved", "saved"), ("refused", "refused")])
    judgment = serializers.UUIDField(
        allow_null=True, help_text="The row that stands; of an earlier answer, maybe."
    )
    is_counted = serializers.BooleanField()
    detail = serializers.CharField(allow_blank=True)


class AnsweredSerializer(NextSerializer):
    results = ResultSerializer(many=True)
