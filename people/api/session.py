"""Logging in by session: what browsers of other pages and the Python client use instead of a token."""

from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from people.access import PUBLIC, requires
from people.api.authentication import RequestUserAuthentication
from people.api.errors import refusal
from people.api.parsers import CleanJSONParser
from people.api.views import UserSerializer


class LoginSerializer(serializers.Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class SessionSerializer(serializers.Serializer):
    user = UserSerializer()
    csrf_token = serializers.CharField(help_text="To be sent as X-CSRFToken with every change.")


@requires(PUBLIC)
class Session(APIView):
    # JSON alone: a form on another site could send the others, and log somebody in as somebody else.
    parser_classes = [CleanJSONParser]

    def get_authenticators(self):
        # Who logs in brings no CSRF token yet; who logs out of a session must.
        is_login = self.request is not None and self.request.method == "POST"
        return [] if is_login else [RequestUserAuthentication()]

    @extend_schema(
        request=LoginSerializer,
        responses={200: SessionSerializer, 403: OpenApiResponse(description="Wrong name or password.")},
        auth=[],
    )
    def post(self, request):
        """Log in; the answer sets the cookie `sessionid`. Wrong passwords lock the name for a while."""
        told = LoginSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        user = authenticate(request._request, **told.validated_data)
        if user is None:
            return refusal(403, "This name and password do not belong together, or the login is locked.")
        login(request._request, user)
        csrf_token = get_token(request._request)
        return Response(SessionSerializer({"user": user, "csrf_token": csrf_token}).data)

    @extend_schema(responses={204: None})
    def delete(self, request):
        """Log out."""
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)
