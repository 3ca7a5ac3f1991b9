"""Corpora, documents, sentences and imports over the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from mining.actions.imports_uploads import KINDS, import_now
from mining.api.parameters import whole_number
from mining.api.runs import RunSerializer
from mining.corpora.documents import language_code
from mining.corpora.errors import BadRow
from mining.corpora.files import FORMATS
from mining.models import Corpus, Document, DocumentKind, Sentence
from people.access import requires


class CorpusSerializer(serializers.ModelSerializer):
    class Meta:
        model = Corpus
        fields = ["id", "name", "created_at"]
        read_only_fields = fields


class DocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = [
            "id", "corpus", "source_id", "kind", "language", "title", "category", "item", "duplicate_of",
            "imported_by", "imported_at",
        ]  # fmt: skip
        read_only_fields = fields


class SpanSerializer(serializers.ModelSerializer):
    class Meta:
        model = Sentence
        fields = ["id", "start", "end"]
        read_only_fields = fields


class WholeDocumentSerializer(DocumentSerializer):
    sentences = SpanSerializer(many=True, read_only=True)

    class Meta(DocumentSerializer.Meta):
        fields = [*DocumentSerializer.Meta.fields, "text", "sentences"]
        read_only_fields = fields


class SentenceSerializer(serializers.ModelSerializer):
    """A sentence with where it comes from; `start` and `end` are offsets into the document's text."""

    text = serializers.SerializerMethodField()
    document = DocumentSerializer(read_only=True)

    class Meta:
        model = Sentence
        fields = ["id", "start", "end", "text", "document"]
        read_only_fields = fields

    def get_text(self, sentence) -> str:
        return sentence.document.text[sentence.start : sentence.end]


class ImportSerializer(serializers.Serializer):
    what = serializers.ChoiceField(choices=sorted(KINDS), default="documents")
    file = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=100)
    corpus = serializers.CharField(
        max_length=100, required=False, help_text="Needed for documents; made if need be."
    )
    kind = serializers.ChoiceField(choices=DocumentKind.choices, default=DocumentKind.OTHER)
    language = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="Empty: detected."
    )
    format = serializers.ChoiceField(
        choices=FORMATS, required=False, help_text="Where the name does not tell it."
    )
    create_categories = serializers.BooleanField(default=False)
    images = serializers.FileField(
        required=False, help_text="Needed for image_texts: a ZIP or TAR archive of the image files."
    )
    columns = serializers.JSONField(default=dict, help_text='Our field to the column: {"text": "review"}.')

    def validate_language(self, value):
        try:
            return language_code(value)
        except BadRow as error:
            raise serializers.ValidationError(str(error)) from None

    def validate_columns(self, value):
        if not isinstance(value, dict) or not all(isinstance(column, str) for column in value.values()):
            raise serializers.ValidationError("An object of field and column is wanted.")
        return value

    def validate(self, attrs):
        if attrs["what"] == "documents" and not attrs.get("corpus"):
            raise serializers.ValidationError({"corpus": "Say which corpus the documents belong to."})
        if attrs["what"] == "image_texts" and not attrs.get("images"):
            raise serializers.ValidationError({"images": "Send the archive that holds the images."})
        return attrs


@requires("curator")
class Corpora(generics.ListAPIView):
    queryset = Corpus.objects.all()
    serializer_class = CorpusSerializer


FILTERS = [
    OpenApiParameter("corpus", int, description="Id of a corpus."),
    OpenApiParameter("language", str),
    OpenApiParameter("category", int, description="Id of a category concept."),
]


@extend_schema_view(get=extend_schema(parameters=FILTERS))
@requires("curator")
class Documents(generics.ListAPIView):
    serializer_class = DocumentSerializer
    queryset = Document.objects.all()

    def get_queryset(self):
        documents = super().get_queryset()
        for name in ("corpus", "category"):
            if (wanted := whole_number(self.request, name)) is not None:
                documents = documents.filter(**{f"{name}_id": wanted})
        if language := self.request.GET.get("language"):
            documents = documents.filter(language=language)
        return documents


@requires("curator")
class OneDocument(generics.RetrieveAPIView):
    queryset = Document.objects.prefetch_related("sentences")
    serializer_class = WholeDocumentSerializer


@requires("curator")
class OneSentence(APIView):
    """What `sentence/<id>` of an evidence stands for; gone where an import has replaced the text."""

    @extend_schema(responses=SentenceSerializer)
    def get(self, request, pk):
        sentence = get_object_or_404(Sentence.objects.select_related("document"), pk=pk)
        return Response(SentenceSerializer(sentence).data)


@requires("admin")
class Imports(APIView):
    """Upload files and import them; the run tells how it goes and which rows could not be used."""

    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportSerializer}, responses={201: RunSerializer})
    def post(self, request):
        asked = ImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = dict(asked.validated_data)
        what, files, columns = wanted.pop("what"), wanted.pop("file"), wanted.pop("columns")
        images = wanted.pop("images", None)
        run = import_now(
            what=what,
            files=files,
            options=wanted,
            columns=columns,
            by=request.user,
            images=images if what == "image_texts" else None,
        )
        return Response(RunSerializer(run).data, status=status.HTTP_201_CREATED)
