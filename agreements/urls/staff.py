from django.urls import path

from agreements.urls import cascade, performance, renewals, signing, templates
from agreements.views import (
    acts,
    blocks,
    clocks,
    handover,
    lists,
    obligations,
    requests,
    reviews,
    staff,
)

app_name = "agreements_desk"

urlpatterns = [
    path("agreements/", staff.AgreementList.as_view(), name="list"),
    path("agreements/requests/", requests.RequestList.as_view(), name="requests"),
    path("agreements/requests/<str:number>/", requests.RequestPage.as_view(), name="request"),
    path("agreements/requests/<str:number>/accept/", requests.Accept.as_view(), name="accept"),
    path("agreements/requests/<str:number>/refuse/", requests.Refuse.as_view(), name="refuse"),
    path(
        "agreements/requests/<str:number>/pause/",
        clocks.PauseRequest.as_view(),
        name="request_pause",
    ),
    path(
        "agreements/requests/<str:number>/resume/",
        clocks.ResumeRequest.as_view(),
        name="request_resume",
    ),
    path("agreements/new/<int:institution_pk>/", acts.Draft.as_view(), name="draft"),
    path("agreements/<int:pk>/", staff.AgreementPage.as_view(), name="detail"),
    path("agreements/<int:pk>/sign/", acts.Sign.as_view(), name="sign"),
    path("agreements/<int:pk>/cancel/", acts.Cancel.as_view(), name="cancel"),
    path("agreements/<int:pk>/resume/", acts.Resume.as_view(), name="resume"),
    path("agreements/<int:pk>/hold/", acts.Hold.as_view(), name="hold"),
    path(
        "agreements/<int:pk>/renewal-notice/", acts.RenewalNotice.as_view(), name="renewal_notice"
    ),
    path("agreements/<int:pk>/end-notice/", acts.EndNotice.as_view(), name="end_notice"),
    path(
        "agreements/<int:pk>/performance/", handover.RecordPerformance.as_view(), name="performance"
    ),
    path("agreements/<int:pk>/renew/", acts.Renew.as_view(), name="renew"),
    path(
        "applications/<str:number>/agreement/",
        handover.DraftFromApplication.as_view(),
        name="application_draft",
    ),
    path(
        "applications/<str:number>/attach/",
        handover.AttachToParent.as_view(),
        name="application_attach",
    ),
    path(
        "applications/<str:number>/no-agreement/",
        handover.EndNegotiation.as_view(),
        name="application_end",
    ),
    path("obligations/", obligations.ObligationList.as_view(), name="obligations"),
    path("obligations/<str:number>/", obligations.ObligationPage.as_view(), name="obligation"),
    path(
        "obligations/<str:number>/pay/", obligations.EnterPayment.as_view(), name="obligation_pay"
    ),
    path(
        "obligations/<str:number>/release/",
        obligations.ReleasePayment.as_view(),
        name="obligation_release",
    ),
    path("blocks/", blocks.BlockList.as_view(), name="blocks"),
    path("blocks/<int:pk>/", blocks.BlockPage.as_view(), name="block"),
    path("blocks/<int:pk>/end/", blocks.EndBlock.as_view(), name="block_end"),
    path("designated-lists/", lists.DesignatedLists.as_view(), name="designated_lists"),
    path("designated-lists/new/", lists.PublishList.as_view(), name="designated_list_new"),
    path("designated-lists/<int:pk>/", lists.DesignatedListPage.as_view(), name="designated_list"),
    path("unfiled-changes/", reviews.ReviewList.as_view(), name="reviews"),
    path(
        "unfiled-changes/new/<int:institution_pk>/",
        reviews.RecordUnfiled.as_view(),
        name="review_new",
    ),
    path("unfiled-changes/<str:number>/", reviews.ReviewPage.as_view(), name="review"),
    path("unfiled-changes/<str:number>/dismiss/", reviews.Dismiss.as_view(), name="review_dismiss"),
    path("unfiled-changes/<str:number>/propose/", reviews.Propose.as_view(), name="review_propose"),
    *renewals.desk,
    *templates.desk,
    *signing.desk,
    *cascade.staff,
    *performance.desk,
]
