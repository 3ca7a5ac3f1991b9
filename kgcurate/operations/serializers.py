"""How things stand, as JSON."""

from rest_framework import serializers


class FindingSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="for programs: redis_down, beat_missing, queue_gpu_unserved …")
    level = serializers.ChoiceField(choices=["bad", "warning"])
    says = serializers.CharField()
    means = serializers.CharField()
    todo = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    url = serializers.CharField(allow_blank=True)


class PartSerializer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=["ok", "down", "unknown"])
    detail = serializers.CharField(allow_blank=True)
    seen_at = serializers.DateTimeField(allow_null=True)
    restarted_at = serializers.DateTimeField(
        allow_null=True, help_text="when it died and was started again, within the last hour"
    )
    restarts = serializers.IntegerField(help_text="within the last hour")
    died = serializers.CharField(allow_blank=True, help_text="how it ended the last time: signal 9 …")


class BusySerializer(serializers.Serializer):
    task = serializers.CharField()
    says = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)


class QueueSerializer(serializers.Serializer):
    name = serializers.CharField()
    waiting = serializers.IntegerField(allow_null=True)
    workers = serializers.IntegerField()
    processes = serializers.IntegerField()
    busy = BusySerializer(many=True)


class RunCountsSerializer(serializers.Serializer):
    queued = serializers.IntegerField()
    running = serializers.IntegerField()
    stuck = serializers.ListField(child=serializers.IntegerField())
    failed = serializers.ListField(child=serializers.IntegerField(), help_text="of the last day")


class WaitingVerdictsSerializer(serializers.Serializer):
    waiting = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField(
        help_text="waits, draft, paused, finished, not_filled, all_decided, all_leased, all_seats_taken, "
        "leases_not_released, language_not_read, person_paused, removed, closed …"
    )
    says = serializers.CharField()
    todo = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)
    is_fine = serializers.BooleanField()
    link = serializers.CharField(allow_blank=True)


class CampaignQueueSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    status = serializers.CharField()
    reasons = ReasonSerializer(many=True)


class LiveModelSerializer(serializers.Serializer):
    campaign = serializers.IntegerField()
    number = serializers.IntegerField()
    classifier = serializers.CharField()
    created_at = serializers.DateTimeField()
    average_precision = serializers.ListField(
        child=serializers.FloatField(allow_null=True), allow_null=True, help_text="value, low, high"
    )


class OperationsSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(
        choices=["well", "starting", "trouble"],
        help_text="starting: parts are being asked, and nothing is known of now; ask again in a few seconds.",
    )
    is_well = serializers.BooleanField(help_text="All parts have just been asked, and nothing was found.")
    findings = FindingSerializer(many=True)
    parts = PartSerializer(many=True)
    queues = QueueSerializer(many=True)
    runs = RunCountsSerializer()
    verdicts = WaitingVerdictsSerializer()
    campaigns = CampaignQueueSerializer(many=True)
    models = LiveModelSerializer(many=True)
