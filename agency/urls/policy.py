from django.urls import path

from agency.views import parameter_acts, parameters, region_acts, regions

urlpatterns = [
    path("parameters/", parameters.ParameterList.as_view(), name="parameters"),
    path(
        "parameters/proposals/<int:pk>/approve/",
        parameter_acts.ApproveParameter.as_view(),
        name="parameter_approve",
    ),
    path(
        "parameters/proposals/<int:pk>/reject/",
        parameter_acts.RejectParameter.as_view(),
        name="parameter_reject",
    ),
    path(
        "parameters/proposals/<int:pk>/withdraw/",
        parameter_acts.WithdrawParameter.as_view(),
        name="parameter_withdraw",
    ),
    path("parameters/<slug:key>/", parameters.ParameterPage.as_view(), name="parameter"),
    path(
        "parameters/<slug:key>/propose/",
        parameter_acts.ProposeParameter.as_view(),
        name="parameter_propose",
    ),
    path("regions/", regions.RegionList.as_view(), name="regions"),
    path("regions/profiles/", regions.RegionMatrix.as_view(), name="region_matrix"),
    path("regions/add/", region_acts.AddRegion.as_view(), name="region_add"),
    path(
        "regions/choices/<int:pk>/approve/",
        region_acts.ApproveChoice.as_view(),
        name="choice_approve",
    ),
    path(
        "regions/choices/<int:pk>/reject/",
        region_acts.RejectChoice.as_view(),
        name="choice_reject",
    ),
    path(
        "regions/choices/<int:pk>/withdraw/",
        region_acts.WithdrawChoice.as_view(),
        name="choice_withdraw",
    ),
    path("regions/<str:code>/", regions.RegionPage.as_view(), name="region"),
    path(
        "regions/<str:code>/coordination/",
        region_acts.SetCoordination.as_view(),
        name="region_coordination",
    ),
    path(
        "regions/<str:code>/choose/",
        region_acts.ProposeChoice.as_view(),
        name="choice_propose",
    ),
]
