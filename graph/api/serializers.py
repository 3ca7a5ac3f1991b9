"""How the graph looks in JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graph.models import (
    Concept,
    ConceptClass,
    Evidence,
    Label,
    Level,
    Ontology,
    Relation,
    Release,
    ReleasedConcept,
    ReleasedTriple,
    Status,
    Triple,
)
from graph.references import api_url
from people.models import Change

Slug = serializers.SlugRelatedField[Any]


class ConceptClassSerializer(serializers.ModelSerializer):
    labels = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = ConceptClass
        fields = ["name", "labels", "description", "level", "is_retired"]


class RelationSerializer(serializers.ModelSerializer):
    labels = serializers.DictField(child=serializers.CharField())
    domain: Slug = serializers.SlugRelatedField("name", many=True, read_only=True)
    range: Slug = serializers.SlugRelatedField("name", many=True, read_only=True)
    scope: Slug = serializers.SlugRelatedField("name", read_only=True, allow_null=True)

    class Meta:
        model = Relation
        fields = [
            "name",
            "labels",
            "description",
            "domain",
            "range",
            "scope",
            "level",
            "check_policy",
            "is_retired",
        ]


class OntologySerializer(serializers.ModelSerializer):
    classes = ConceptClassSerializer(many=True)
    relations = RelationSerializer(many=True)

    class Meta:
        model = Ontology
        fields = ["name", "version", "digest", "loaded_at", "source", "classes", "relations"]


class NewOntologySerializer(serializers.Serializer):
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=1_000_000, help_text="The YAML.", trim_whitespace=False
    )
    file = serializers.CharField(max_length=200, default="ontology.yaml", help_text="Named in errors.")


class LoadedSerializer(serializers.Serializer):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    retired = serializers.IntegerField()
    removed = serializers.IntegerField()


class ProblemSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    reason = serializers.CharField()


class OntologyProblemsSerializer(serializers.Serializer):
    detail = serializers.CharField()
    problems = ProblemSerializer(many=True)


class LabelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Label
        fields = ["id", "language", "text", "is_preferred"]


class ConceptSerializer(serializers.ModelSerializer):
    concept_class: Slug = serializers.SlugRelatedField("name", read_only=True)
    status = serializers.ChoiceField(Status.choices, read_only=True)

    class Meta:
        model = Concept
        fields = [
            "id",
            "key",
            "concept_class",
            "status",
            "name",
            "language",
            "external_id",
            "posterior",
            "is_simulated",
            "created_at",
            "decided_at",
        ]


class EvidenceSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="Where the reference is resolved.")
    detail = serializers.DictField()

    class Meta:
        model = Evidence
        fields = [
            "id",
            "kind",
            "reference",
            "url",
            "text",
            "language",
            "start",
            "end",
            "detail",
            "created_at",
        ]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_url(self, evidence):
        return api_url(evidence.reference)


class ConceptDetailSerializer(ConceptSerializer):
    labels = LabelSerializer(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta(ConceptSerializer.Meta):
        fields = [*ConceptSerializer.Meta.fields, "labels", "evidence"]


class NewLabelSerializer(serializers.Serializer):
    language = serializers.RegexField(r"^[a-z]{2,3}(-[a-zA-Z0-9]+)*$", max_length=8)
    text = serializers.CharField(max_length=500)
    is_preferred = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class EndSerializer(serializers.ModelSerializer):
    concept_class: Slug = serializers.SlugRelatedField("name", read_only=True)
    status = serializers.ChoiceField(Status.choices, read_only=True)

    class Meta:
        model = Concept
        fields = ["id", "key", "concept_class", "name", "language", "status"]


class TripleSerializer(serializers.ModelSerializer):
    subject = EndSerializer(read_only=True)
    relation: Slug = serializers.SlugRelatedField("name", read_only=True)
    object = EndSerializer(read_only=True)
    scope = EndSerializer(read_only=True, allow_null=True)
    status = serializers.ChoiceField(Status.choices, read_only=True)

    class Meta:
        model = Triple
        fields = [
            "id",
            "key",
            "subject",
            "relation",
            "object",
            "scope",
            "status",
            "posterior",
            "is_simulated",
            "created_at",
            "decided_at",
        ]


class TripleDetailSerializer(TripleSerializer):
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta(TripleSerializer.Meta):
        fields = [*TripleSerializer.Meta.fields, "evidence"]


class ChangeSerializer(serializers.ModelSerializer):
    by: Slug = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    before = serializers.DictField(allow_null=True, read_only=True)
    after = serializers.DictField(allow_null=True, read_only=True)

    class Meta:
        model = Change
        fields = [
            "id",
            "batch",
            "at",
            "by",
            "actor",
            "action",
            "entity",
            "entity_id",
            "before",
            "after",
            "reason",
            "undoes",
        ]


class HeldSerializer(serializers.Serializer):
    first_release = serializers.IntegerField()
    last_release = serializers.IntegerField(
        allow_null=True, help_text="The first release that no longer holds it; null while it is held."
    )


class TrailSerializer(serializers.Serializer):
    triple = TripleSerializer()
    evidence = EvidenceSerializer(many=True)
    concepts = EvidenceSerializer(many=True, help_text="Evidence of subject, object and scope.")
    releases = HeldSerializer(many=True)
    changes = ChangeSerializer(many=True)


BIGGEST_ID = 2**63 - 1


DECISIONS = [Status.APPROVED.value, Status.REJECTED.value]


class DecisionSerializer(serializers.Serializer):
    status = serializers.ChoiceField(DECISIONS)
    triples = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), max_length=5000, default=list
    )
    concepts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), max_length=5000, default=list
    )
    reason = serializers.CharField(
        max_length=2000, default="", allow_blank=True, help_text="Needed to reject."
    )
    expected = serializers.ChoiceField(
        Status.choices,
        required=False,
        help_text="The status in which you saw the rows; 409 where one has moved elsewhere since.",
    )

    def validate(self, attrs):
        if not attrs["triples"] and not attrs["concepts"]:
            raise serializers.ValidationError("Name at least one triple or concept.")
        return attrs


class UndoSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)


class DecidedSerializer(serializers.Serializer):
    batch = serializers.UUIDField(help_text="Undo the decision by this.")
    triples = serializers.ListField(child=serializers.IntegerField())
    concepts = serializers.ListField(child=serializers.IntegerField())
    also_triples = serializers.ListField(child=serializers.IntegerField())
    also_concepts = serializers.ListField(child=serializers.IntegerField())


class ReleaseSerializer(serializers.ModelSerializer):
    released_by: Slug = serializers.SlugRelatedField("username", read_only=True, allow_null=True)
    levels = serializers.ListField(child=serializers.ChoiceField(Level.choices))

    class Meta:
        model = Release
        fields = [
            "number",
            "levels",
            "note",
            "iri_base",
            "concepts",
            "triples",
            "released_by",
            "released_at",
        ]


class NewReleaseSerializer(serializers.Serializer):
    levels = serializers.ListField(
        child=serializers.ChoiceField(Level.choices),
        min_length=1,
        max_length=len(Level.values),
        default=lambda: list(Level.values),
    )
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)
    allow_empty = serializers.BooleanField(default=False, help_text="Cut it even if nothing has changed.")


class ReleasedConceptSerializer(serializers.ModelSerializer):
    labels = serializers.ListField(child=serializers.ListField())

    class Meta:
        model = ReleasedConcept
        fields = ["id", "key", "concept", "concept_class", "level", "labels"]


class ReleasedTripleSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReleasedTriple
        fields = ["id", "key", "triple", "subject", "relation", "object", "scope", "level"]


class DiffSerializer(serializers.Serializer):
    since = serializers.IntegerField()
    until = serializers.IntegerField()
    triples_added = serializers.IntegerField()
    triples_removed = serializers.IntegerField()
    concepts_added = serializers.IntegerField()
    concepts_removed = serializers.IntegerField()
    concepts_changed = serializers.IntegerField()
