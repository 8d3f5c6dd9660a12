"""The pages of agreement texts and the consultations on them."""

from django.urls import path

from agreements.views.templates import consultations, portal, public, versions, writing

_TEXT = "agreement-texts/<int:pk>/"
_VERSION = "agreement-texts/versions/<int:pk>/"
_CLAUSE = f"{_VERSION}clauses/<slug:key>/"
_VARIABLE = f"{_VERSION}variables/<slug:name>/"
_CONSULTATION = "agreement-texts/consultations/<int:pk>/"
_OWN = "text-consultations/<int:pk>/"

desk = [
    path("agreement-texts/", versions.TemplateList.as_view(), name="templates"),
    path("agreement-texts/new/", writing.NewText.as_view(), name="template_new"),
    path(
        "agreement-texts/consultations/",
        consultations.ConsultationList.as_view(),
        name="template_consultations",
    ),
    path(_CONSULTATION, consultations.ConsultationPage.as_view(), name="template_consultation"),
    path(
        f"{_CONSULTATION}close/",
        consultations.CloseConsultation.as_view(),
        name="consultation_close",
    ),
    path(
        f"{_CONSULTATION}extend/",
        consultations.ExtendConsultation.as_view(),
        name="consultation_extend",
    ),
    path(
        "agreement-texts/comments/<int:pk>/answer/",
        consultations.AnswerComment.as_view(),
        name="comment_answer",
    ),
    path(_TEXT, versions.TemplatePage.as_view(), name="template"),
    path(f"{_TEXT}draft/", writing.NewVersion.as_view(), name="template_draft"),
    path(_VERSION, versions.VersionPage.as_view(), name="template_version"),
    path(f"{_VERSION}preview/", versions.PreviewPage.as_view(), name="version_preview"),
    path(f"{_VERSION}difference/", versions.DifferencePage.as_view(), name="version_difference"),
    path(f"{_VERSION}export/", versions.ExportVersion.as_view(), name="version_export"),
    path(f"{_VERSION}import/", writing.ImportFile.as_view(), name="version_import"),
    path(f"{_VERSION}rebase/", writing.RebaseVersion.as_view(), name="version_rebase"),
    path(f"{_VERSION}consult/", consultations.OpenConsultation.as_view(), name="version_consult"),
    path(f"{_VERSION}take-back/", consultations.TakeBack.as_view(), name="version_take_back"),
    path(f"{_VERSION}publish/", consultations.PublishVersion.as_view(), name="version_publish"),
    path(f"{_VERSION}new-clause/", writing.NewClause.as_view(), name="clause_new"),
    path(_CLAUSE, writing.EditClause.as_view(), name="clause_edit"),
    path(f"{_CLAUSE}remove/", writing.RemoveClause.as_view(), name="clause_remove"),
    path(f"{_CLAUSE}move/", writing.MoveClause.as_view(), name="clause_move"),
    path(f"{_VERSION}new-variable/", writing.NewVariable.as_view(), name="variable_new"),
    path(_VARIABLE, writing.EditVariable.as_view(), name="variable_edit"),
    path(f"{_VARIABLE}remove/", writing.RemoveVariable.as_view(), name="variable_remove"),
]

own = [
    path("text-consultations/", portal.OwnConsultations.as_view(), name="consultations"),
    path(_OWN, portal.OwnConsultation.as_view(), name="consultation"),
    path(f"{_OWN}comment/", portal.CommentPage.as_view(), name="comment_whole"),
    path(f"{_OWN}no-objection/", portal.NoObjection.as_view(), name="comment_none"),
    path(f"{_OWN}clauses/<slug:key>/", portal.CommentPage.as_view(), name="comment_clause"),
]

open_to_all = [
    path("agreement-texts/", public.PublicTexts.as_view(), name="texts"),
    path("agreement-texts/<int:pk>/", public.PublicText.as_view(), name="text"),
]
