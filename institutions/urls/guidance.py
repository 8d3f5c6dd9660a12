"""The pages of procedures, trainings and inquiries."""

from django.urls import path

from institutions.views.guidance import inquiries, portal, procedures, public, trainings

_VERSION = "procedures/versions/<int:pk>/"
_TRAINING = "trainings/<int:pk>/"
_INQUIRY = "inquiries/<str:number>/"
_FAQ = "answers/<int:pk>/"

desk = [
    path("procedures/", procedures.ProcedureList.as_view(), name="procedures"),
    path("procedures/new/", procedures.WriteProcedure.as_view(), name="procedure_new"),
    path("procedures/<int:pk>/", procedures.ProcedurePage.as_view(), name="procedure"),
    path("procedures/<int:pk>/write/", procedures.WriteVersion.as_view(), name="procedure_write"),
    path(_VERSION, procedures.VersionPage.as_view(), name="procedure_version"),
    path(f"{_VERSION}edit/", procedures.EditVersion.as_view(), name="procedure_edit"),
    path(f"{_VERSION}publish/", procedures.PublishVersion.as_view(), name="procedure_publish"),
    path(f"{_VERSION}discard/", procedures.DiscardVersion.as_view(), name="procedure_discard"),
    path("trainings/", trainings.TrainingList.as_view(), name="trainings"),
    path("trainings/new/", trainings.PlanTraining.as_view(), name="training_new"),
    path(_TRAINING, trainings.TrainingPage.as_view(), name="training"),
    path(f"{_TRAINING}list/", trainings.AttendanceList.as_view(), name="training_list"),
    path(f"{_TRAINING}change/", trainings.ChangeTraining.as_view(), name="training_change"),
    path(f"{_TRAINING}invite/", trainings.InviteToTraining.as_view(), name="training_invite"),
    path(f"{_TRAINING}hold/", trainings.HoldTraining.as_view(), name="training_hold"),
    path(f"{_TRAINING}cancel/", trainings.CancelTraining.as_view(), name="training_cancel"),
    path(
        f"{_TRAINING}attendance/", trainings.RecordAttendance.as_view(), name="training_attendance"
    ),
    path("inquiries/", inquiries.InquiryList.as_view(), name="inquiries"),
    path(_INQUIRY, inquiries.InquiryPage.as_view(), name="inquiry"),
    path(f"{_INQUIRY}answer/", inquiries.AnswerInquiry.as_view(), name="inquiry_answer"),
    path(f"{_INQUIRY}ask-back/", inquiries.AskBack.as_view(), name="inquiry_ask_back"),
    path(f"{_INQUIRY}close/", inquiries.CloseInquiry.as_view(), name="inquiry_close"),
    path(f"{_INQUIRY}publish/", inquiries.WriteFaq.as_view(), name="inquiry_publish"),
    path("answers/", inquiries.FaqList.as_view(), name="faqs"),
    path(_FAQ, inquiries.FaqPage.as_view(), name="faq"),
    path(f"{_FAQ}publish/", inquiries.PublishFaq.as_view(), name="faq_publish"),
    path(f"{_FAQ}discard/", inquiries.DiscardFaq.as_view(), name="faq_discard"),
    path(f"{_FAQ}retire/", inquiries.RetireFaq.as_view(), name="faq_retire"),
]
own = [
    path("trainings/", portal.OwnTrainings.as_view(), name="trainings"),
    path(_TRAINING, portal.OwnTraining.as_view(), name="training"),
    path(f"{_TRAINING}confirm/", portal.ConfirmAttendance.as_view(), name="training_confirm"),
    path("inquiries/", portal.OwnInquiries.as_view(), name="inquiries"),
    path("inquiries/new/", portal.AskQuestion.as_view(), name="inquiry_new"),
    path(_INQUIRY, portal.OwnInquiry.as_view(), name="inquiry"),
    path(f"{_INQUIRY}reply/", portal.ReplyToInquiry.as_view(), name="inquiry_reply"),
    path(f"{_INQUIRY}withdraw/", portal.WithdrawInquiry.as_view(), name="inquiry_withdraw"),
]
_VERSIONS = "procedures/<int:pk>/versions/<int:number>/"
open_to_all = [
    path("procedures/", public.Procedures.as_view(), name="procedures"),
    path("procedures/<int:pk>/", public.ProcedurePage.as_view(), name="procedure"),
    path(_VERSIONS, public.ProcedurePage.as_view(), name="procedure_version"),
    path(f"{_VERSIONS}file/", public.ProcedureFile.as_view(), name="procedure_file"),
    path(
        "procedures/<int:pk>/versions/<int:before>/<int:after>/",
        public.ProcedureDifference.as_view(),
        name="procedure_difference",
    ),
    path("questions/", public.Questions.as_view(), name="questions"),
    path("questions/ask/", public.AskQuestion.as_view(), name="question_ask"),
    path("questions/reply/", public.ReplyToQuestion.as_view(), name="question_reply"),
]
