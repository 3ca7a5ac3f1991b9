"""People by API: who am I, invitations, roles, tokens."""

from datetime import timedelta

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from people.access import requires
from people.actions.people import change_person, invite, revoke_invitation
from people.actions.tokens import issue_token, revoke_token
from people.models import ApiToken, Invitation, Role, User


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "role",
            "reads",
            "page_language",
            "is_active",
            "is_simulated",
            "date_joined",
        ]
        read_only_fields = ["id", "username", "reads", "page_language", "is_simulated", "date_joined"]


class PersonChangeSerializer(serializers.Serializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)
    reason = serializers.CharField(max_length=500, required=False, default="")


class InvitationSerializer(serializers.ModelSerializer):
    days = serializers.IntegerField(min_value=1, max_value=90, default=14, write_only=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "role",
            "note",
            "days",
            "created_at",
            "expires_at",
            "used_by",
            "used_at",
            "revoked_at",
        ]
        read_only_fields = ["id", "created_at", "expires_at", "used_by", "used_at", "revoked_at"]
        extra_kwargs = {"role": {"default": Role.ANNOTATOR}}


class NewInvitationSerializer(InvitationSerializer):
    link = serializers.URLField(read_only=True, help_text="Shown once.")

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]


class TokenSerializer(serializers.ModelSerializer):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "hint", "created_at", "last_used_at", "revoked_at"]
        read_only_fields = ["id", "hint", "created_at", "last_used_at", "revoked_at"]


class NewTokenSerializer(TokenSerializer):
    secret = serializers.CharField(read_only=True, help_text="Shown once.")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "secret"]


@requires("annotator")
class Me(generics.RetrieveAPIView):
    """The user this request acts as."""

    serializer_class = UserSerializer

    def get_object(self):
        return self.request.user


@requires("admin")
class People(generics.ListAPIView):
    serializer_class = UserSerializer
    queryset = User.objects.all()


@requires("admin")
class Person(generics.RetrieveAPIView):
    serializer_class = UserSerializer
    queryset = User.objects.all()

    @extend_schema(request=PersonChangeSerializer, responses=UserSerializer)
    def patch(self, request, *args, **kwargs):
        user = self.get_object()
        change = PersonChangeSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        wanted = {"role": user.role, "is_active": user.is_active, **change.validated_data}
        return Response(UserSerializer(change_person(user=user, by=request.user, **wanted)).data)


@requires("admin")
class Invitations(generics.ListCreateAPIView):
    queryset = Invitation.objects.all()
    serializer_class = InvitationSerializer

    @extend_schema(request=InvitationSerializer, responses={201: NewInvitationSerializer})
    def create(self, request, *args, **kwargs):
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        days = wanted.validated_data.pop("days")
        invitation, secret = invite(by=request.user, valid_for=timedelta(days=days), **wanted.validated_data)
        link = request.build_absolute_uri(reverse("people:sign-up", args=[secret]))
        return Response(
            {**InvitationSerializer(invitation).data, "link": link}, status=status.HTTP_201_CREATED
        )


@requires("admin")
class RevokeInvitation(APIView):
    @extend_schema(request=None, responses={204: None})
    def post(self, request, pk):
        revoke_invitation(invitation=generics.get_object_or_404(Invitation, pk=pk), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


@requires("annotator")
class Tokens(generics.ListCreateAPIView):
    """The caller's own tokens."""

    serializer_class = TokenSerializer

    def get_queryset(self):
        # By key, so that the schema can be made without a user.
        return ApiToken.objects.filter(user=self.request.user.pk)

    @extend_schema(request=TokenSerializer, responses={201: NewTokenSerializer})
    def create(self, request, *args, **kwargs):
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        token, secret = issue_token(user=request.user, name=wanted.validated_data["name"])
        return Response({**TokenSerializer(token).data, "secret": secret}, status=status.HTTP_201_CREATED)


@requires("annotator")
class Token(APIView):
    """Revoke one of the caller's own tokens."""

    @extend_schema(responses={204: None})
    def delete(self, request, pk):
        revoke_token(token=generics.get_object_or_404(ApiToken, pk=pk, user=request.user), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
