"""The pages of assessments, experts, third parties and checklists."""

from django.urls import path

from institutions.views.assessment import acts, pool, portal, room, staff

_OF = "assessments/<str:number>/"
_ROOM = "my-assessments/<str:number>/"
desk = [
    path("assessments/", staff.AssessmentList.as_view(), name="assessments"),
    path("assessments/overdue/", staff.OverdueList.as_view(), name="assessments_overdue"),
    path(
        "applications/<str:number>/assess/",
        acts.OpenForApplication.as_view(),
        name="assessment_open",
    ),
    path(
        "changes/<str:number>/assess/", acts.OpenForChange.as_view(), name="change_assessment_open"
    ),
    path(_OF, staff.AssessmentPage.as_view(), name="assessment"),
    path(f"{_OF}draw/", acts.DrawGroup.as_view(), name="assessment_draw"),
    path(f"{_OF}draws/<int:place>/", staff.DrawPage.as_view(), name="assessment_draw_page"),
    path(f"{_OF}begin/", acts.BeginWork.as_view(), name="assessment_begin"),
    path(f"{_OF}members/<int:pk>/excuse/", acts.Excuse.as_view(), name="assessment_excuse"),
    path(f"{_OF}engage/", acts.Engage.as_view(), name="assessment_engage"),
    path(f"{_OF}report/", acts.EnterReport.as_view(), name="assessment_report"),
    path(f"{_OF}decide/", acts.DecideResult.as_view(), name="assessment_decide"),
    path(f"{_OF}break-off/", acts.BreakOff.as_view(), name="assessment_break_off"),
    path("recusals/<int:pk>/grant/", acts.GrantRecusal.as_view(), name="recusal_grant"),
    path("recusals/<int:pk>/refuse/", acts.RefuseRecusal.as_view(), name="recusal_refuse"),
    path("experts/", pool.ExpertList.as_view(), name="experts"),
    path("experts/new/", pool.AddExpert.as_view(), name="expert_new"),
    path("experts/<int:pk>/", pool.ExpertPage.as_view(), name="expert"),
    path("experts/<int:pk>/edit/", pool.EditExpert.as_view(), name="expert_edit"),
    path("experts/<int:pk>/retire/", pool.RetireExpert.as_view(), name="expert_retire"),
    path("experts/<int:pk>/return/", pool.ReturnExpert.as_view(), name="expert_return"),
    path("experts/<int:pk>/tie/", pool.DeclareTie.as_view(), name="expert_tie"),
    path("expert-ties/<int:pk>/end/", pool.EndTie.as_view(), name="tie_end"),
    path("third-parties/", pool.ThirdPartyList.as_view(), name="third_parties"),
    path("third-parties/new/", pool.AddThirdParty.as_view(), name="third_party_new"),
    path("third-parties/<int:pk>/", pool.ThirdPartyPage.as_view(), name="third_party"),
    path(
        "third-parties/<int:pk>/tie/", pool.DeclareThirdPartyTie.as_view(), name="third_party_tie"
    ),
    path("checklists/", pool.ChecklistList.as_view(), name="checklists"),
    path("checklists/new/", pool.PublishChecklist.as_view(), name="checklist_new"),
    path("checklists/<int:version>/", pool.ChecklistPage.as_view(), name="checklist"),
    path("my-assessments/", room.RoomList.as_view(), name="expert_rooms"),
    path(_ROOM, room.RoomPage.as_view(), name="expert_room"),
    path(f"{_ROOM}write/", room.WriteOpinion.as_view(), name="opinion_write"),
    path(f"{_ROOM}sign/", room.SignOpinion.as_view(), name="opinion_sign"),
]
own = [
    path(_OF, portal.AssessmentPage.as_view(), name="assessment"),
    path(f"{_OF}object/", portal.ObjectToExpert.as_view(), name="assessment_object"),
    path(
        "applications/<str:number>/reassess/",
        portal.AskReassessment.as_view(),
        name="reassessment_ask",
    ),
]
