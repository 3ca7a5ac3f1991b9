"""Webhooks by API."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from people.access import requires
from people.actions import webhooks as actions
from people.api.pagination import KeyPagination
from people.models import Delivery, Webhook
from people.models.webhook import SUBSCRIBABLE


class WebhookSerializer(serializers.ModelSerializer):
    url = serializers.CharField(max_length=500, help_text="http or https.")
    events = serializers.ListField(child=serializers.ChoiceField(choices=SUBSCRIBABLE), min_length=1)

    class Meta:
        model = Webhook
        fields = [
            "id",
            "name",
            "url",
            "events",
            "is_active",
            "failing_since",
            "disabled_at",
            "last_success_at",
            "old_until",
            "created_by",
            "created_at",
        ]
        read_only_fields = [
            "id",
            "failing_since",
            "disabled_at",
            "last_success_at",
            "old_until",
            "created_by",
            "created_at",
        ]


class WebhookSecretSerializer(WebhookSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown once.")

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class DeliverySerializer(serializers.ModelSerializer):
    event_name = serializers.CharField(source="event.name", read_only=True)
    event_at = serializers.DateTimeField(source="event.at", read_only=True)

    class Meta:
        model = Delivery
        fields = [
            "id",
            "event",
            "event_name",
            "event_at",
            "status",
            "attempts",
            "next_at",
            "tried_at",
            "answer_status",
            "error",
            "took_ms",
        ]
        read_only_fields = fields


class NewestFirst(KeyPagination):
    ordering = "-id"


@requires("admin")
class Webhooks(generics.ListCreateAPIView):
    serializer_class = WebhookSerializer
    queryset = Webhook.objects.all()

    @extend_schema(request=WebhookSerializer, responses={201: WebhookSecretSerializer})
    def create(self, request, *args, **kwargs):
        told = self.get_serializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = {name: told.validated_data[name] for name in ("name", "url", "events")}
        webhook, secret = actions.create_webhook(by=request.user, **wanted)
        return Response(with_secret(webhook, secret), status=status.HTTP_201_CREATED)


def with_secret(webhook: Webhook, secret: str) -> dict:
    return {**WebhookSerializer(webhook).data, "secret": secret}


@requires("admin")
class OneWebhook(generics.RetrieveAPIView):
    serializer_class = WebhookSerializer
    queryset = Webhook.objects.all()

    @extend_schema(request=WebhookSerializer(partial=True), responses=WebhookSerializer)
    def patch(self, request, pk):
        webhook = self.get_object()
        told = self.get_serializer(webhook, data=request.data, partial=True)
        told.is_valid(raise_exception=True)
        webhook = actions.change_webhook(webhook=webhook, by=request.user, **told.validated_data)
        return Response(WebhookSerializer(webhook).data)

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        actions.delete_webhook(webhook=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@requires("admin")
class Rotate(APIView):
    @extend_schema(request=None, responses=WebhookSecretSerializer)
    def post(self, request, pk):
        """A new secret; the old one signs beside it until `old_until`."""
        webhook = generics.get_object_or_404(Webhook, pk=pk)
        return Response(with_secret(*actions.rotate_secret(webhook=webhook, by=request.user)))


@requires("admin")
class Test(APIView):
    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request, pk):
        """Send a ping."""
        delivery = actions.send_test(webhook=generics.get_object_or_404(Webhook, pk=pk))
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)


@requires("admin")
class Deliveries(generics.ListAPIView):
    """What was sent and what came of it, newest first."""

    serializer_class = DeliverySerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        return Delivery.objects.filter(webhook=self.kwargs.get("pk")).select_related("event")


@requires("admin")
class Resend(APIView):
    @extend_schema(request=None, responses={202: DeliverySerializer})
    def post(self, request, pk):
        """Try a delivery again at once, whatever came of it before."""
        found = generics.get_object_or_404(Delivery.objects.select_related("event"), pk=pk)
        delivery = actions.send_again(delivery=found)
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)
