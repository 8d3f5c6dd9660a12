"""Where applications for designation are found."""

from django.urls import path

from institutions.views.designation import desk as door
from institutions.views.designation import portal as own
from institutions.views.designation import registers, wizard

_ONE = "applications/<str:number>"

desk = [
    path("applications/", door.ApplicationList.as_view(), name="applications"),
    path(f"{_ONE}/", door.ApplicationPage.as_view(), name="application"),
    path(f"{_ONE}/accept/", door.Accept.as_view(), name="application_accept"),
    path(f"{_ONE}/ask/", door.Ask.as_view(), name="application_ask"),
    path(f"{_ONE}/request/", door.Request.as_view(), name="application_request"),
    path(f"{_ONE}/refuse/", door.Refuse.as_view(), name="application_refuse"),
    path(f"{_ONE}/close/", door.Close.as_view(), name="application_close"),
    path(f"{_ONE}/unreadable/", door.MarkUnreadable.as_view(), name="application_unreadable"),
    path("bars/", registers.BarList.as_view(), name="bars"),
    path("bars/new/", registers.RecordBar.as_view(), name="bar_new"),
    path("bars/<int:pk>/", registers.BarPage.as_view(), name="bar"),
    path("bars/<int:pk>/perform/", registers.PerformBar.as_view(), name="bar_perform"),
    path("bars/<int:pk>/end/", registers.EndBar.as_view(), name="bar_end"),
    path("resource-plan/", registers.PlanList.as_view(), name="plans"),
    path("resource-plan/new/", registers.PublishPlan.as_view(), name="plan_new"),
    path("documents/", registers.MaterialList.as_view(), name="materials"),
    path("documents/new/", registers.PublishMaterial.as_view(), name="material_new"),
    path("documents/<int:pk>/end/", registers.EndMaterial.as_view(), name="material_end"),
]

_DRAFT = "applications/drafts/<int:pk>"

portal = [
    path("applications/", own.ApplicationList.as_view(), name="applications"),
    path("applications/new/", wizard.StartDraft.as_view(), name="application_new"),
    path(
        "applications/documents/<int:pk>/<int:file>/remove/",
        wizard.RemoveFile.as_view(),
        name="file_remove",
    ),
    path(f"{_DRAFT}/institution/", wizard.InstitutionStep.as_view(), name="draft_institution"),
    path(f"{_DRAFT}/persons/", wizard.PersonsStep.as_view(), name="draft_persons"),
    path(f"{_DRAFT}/conditions/", wizard.ConditionsStep.as_view(), name="draft_conditions"),
    path(f"{_DRAFT}/documents/", wizard.DocumentsStep.as_view(), name="draft_documents"),
    path(f"{_DRAFT}/check/", wizard.CheckStep.as_view(), name="draft_check"),
    path(f"{_DRAFT}/discard/", wizard.DiscardDraft.as_view(), name="draft_discard"),
    path(f"{_ONE}/", own.ApplicationPage.as_view(), name="application"),
    path(f"{_ONE}/supplement/", own.DeliverSupplement.as_view(), name="application_supplement"),
    path(f"{_ONE}/withdraw/", own.WithdrawApplication.as_view(), name="application_withdraw"),
]
