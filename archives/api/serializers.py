from typing import Any

from rest_framework import serializers

from archives.models import Record, RecordFile


class RecordFileSerializer(serializers.ModelSerializer):
    class Meta:
        model = RecordFile
        fields = ["role", "name", "content_type", "size", "sha256"]
        read_only_fields = fields


class RecordSerializer(serializers.ModelSerializer):
    """A record's entry in the catalogue, with its metadata and the digests of its files."""

    fonds: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    files = RecordFileSerializer(many=True, read_only=True)
    metadata = serializers.DictField(read_only=True)

    class Meta:
        model = Record
        fields = [
            "number",
            "fonds",
            "category",
            "year",
            "retention",
            "item",
            "matter",
            "title",
            "document_number",
            "responsible",
            "formed_on",
            "retained_until",
            "filed_at",
            "metadata",
            "files",
        ]
        read_only_fields = fields
