"""The field of files: limits before the choice, large files in pieces, the small ones with the
form. Works without scripts up to the form's limit.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.file_kinds import EVIDENCE, FilePurpose, words_of
from agency.services.attachments import MEGABYTE, UploadRef, file_limits


class FilesInput(forms.ClearableFileInput):
    """Several files of one purpose. Names of files that arrived in pieces come as hidden fields."""

    allow_multiple_selected = True
    template_name = "agency/parts/files_input.html"

    def __init__(self, purpose: FilePurpose = EVIDENCE, attrs: dict | None = None) -> None:
        self.purpose = purpose
        several = {"multiple": True} if self.allow_multiple_selected else {}
        super().__init__({**several, "accept": purpose.accept, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        limits = file_limits(timezone.localdate(), self.purpose)
        context["widget"] |= {
            "purpose": self.purpose.code,
            "kinds": words_of(self.purpose.types),
            "limits": limits,
            "files": limits.files if self.allow_multiple_selected else 1,
            "piece_bytes": settings.UPLOAD_PIECE_BYTES,
            "form_bytes": limits.form_megabytes * MEGABYTE,
            "max_bytes": limits.megabytes * MEGABYTE,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        given = files.getlist(name) if hasattr(files, "getlist") else [files.get(name)]
        named = data.getlist(f"{name}_uploads") if hasattr(data, "getlist") else []
        return [*(each for each in given if each), *(UploadName(each) for each in named)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}_uploads" not in data


class UploadName(str):
    """What a form said of a file that arrived before it; not yet known to be one."""

    __slots__ = ()


class FilesField(forms.FileField):
    """Several files; cleaned to a list for `store_files`, empty when there are none. Kinds and
    content are judged by the service, so that every way in refuses the same.
    """

    def __init__(self, *, purpose: FilePurpose = EVIDENCE, **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", purpose.label)
        kwargs.setdefault("widget", FilesInput(purpose))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile | UploadRef]:
        given = data if isinstance(data, list | tuple) else [data]
        given = [each for each in given if each]
        if self.required and not given:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        cleaned: list[UploadedFile | UploadRef] = []
        for each in given:
            if isinstance(each, UploadName):
                cleaned.append(_ref(each))
            else:
                cleaned.append(super().clean(each, None))
        return cleaned


class OneFileInput(FilesInput):
    allow_multiple_selected = False


class OneFileField(FilesField):
    """One file at most; cleaned to it or None."""

    def __init__(self, *, purpose: FilePurpose = EVIDENCE, **kwargs: Any) -> None:
        kwargs.setdefault("widget", OneFileInput(purpose))
        super().__init__(purpose=purpose, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        if len(cleaned) > 1:
            raise forms.ValidationError(_("Only one file is taken here."))
        return cleaned[0] if cleaned else None


def _ref(name: str) -> UploadRef:
    try:
        return UploadRef(UUID(name))
    except ValueError as error:
        raise forms.ValidationError(_("Choose the file again.")) from error
