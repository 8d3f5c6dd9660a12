from django.urls import path

from agreements.urls import cascade, performance, renewals, signing, templates
from agreements.views import (
    blocks,
    handover,
    obligations,
    portal,
    reviews,
)

app_name = "agreements_portal"

urlpatterns = [
    path("agreements/", portal.OwnAgreements.as_view(), name="list"),
    path("agreements/requests/<str:number>/", portal.OwnRequest.as_view(), name="request"),
    path("agreements/requests/<str:number>/withdraw/", portal.Withdraw.as_view(), name="withdraw"),
    path("agreements/<int:pk>/", portal.OwnAgreement.as_view(), name="detail"),
    path("agreements/<int:pk>/request/<str:kind>/", portal.FileRequest.as_view(), name="file"),
    path(
        "applications/<str:number>/decline/", handover.Decline.as_view(), name="application_decline"
    ),
    path("obligations/", obligations.OwnObligations.as_view(), name="obligations"),
    path("obligations/<str:number>/", obligations.OwnObligation.as_view(), name="obligation"),
    path("blocks/<int:pk>/", blocks.OwnBlock.as_view(), name="block"),
    path("unfiled-changes/<str:number>/", reviews.OwnReview.as_view(), name="review"),
    path("unfiled-changes/<str:number>/explain/", reviews.Explain.as_view(), name="review_explain"),
    *renewals.portal,
    *templates.own,
    *signing.own,
    *cascade.own,
    *performance.own,
]
