"""The addresses of performance assessment."""

from django.urls import path

from agreements.views.performance import desk as one
from agreements.views.performance import panels, portal, rounds, sets

desk = [
    path("performance/", rounds.RoundBoard.as_view(), name="performance_board"),
    path("performance/sets/", sets.SetList.as_view(), name="indicator_sets"),
    path("performance/sets/new/", sets.NewSet.as_view(), name="indicator_set_new"),
    path("performance/sets/<int:pk>/", sets.SetPage.as_view(), name="indicator_set"),
    path(
        "performance/sets/<int:pk>/publish/",
        sets.PublishSet.as_view(),
        name="indicator_set_publish",
    ),
    path(
        "performance/sets/<int:pk>/indicators/new/",
        sets.EditIndicator.as_view(),
        name="indicator_new",
    ),
    path(
        "performance/sets/<int:pk>/indicators/<int:indicator_pk>/",
        sets.EditIndicator.as_view(),
        name="indicator",
    ),
    path(
        "performance/sets/<int:pk>/indicators/<int:indicator_pk>/remove/",
        sets.RemoveIndicator.as_view(),
        name="indicator_remove",
    ),
    path("performance/rounds/new/", rounds.OpenRound.as_view(), name="performance_round_new"),
    path("performance/rounds/<int:pk>/", rounds.RoundPage.as_view(), name="performance_round"),
    path(
        "performance/rounds/<int:pk>/recompute/",
        rounds.Recompute.as_view(),
        name="performance_round_recompute",
    ),
    path(
        "performance/rounds/<int:pk>/entrust/",
        rounds.Entrust.as_view(),
        name="performance_round_entrust",
    ),
    path(
        "performance/rounds/<int:pk>/assess/",
        rounds.AssessAll.as_view(),
        name="performance_round_assess_all",
    ),
    path(
        "performance/rounds/<int:pk>/propose/",
        rounds.ProposeAll.as_view(),
        name="performance_round_propose_all",
    ),
    path(
        "performance/rounds/<int:pk>/publish/",
        rounds.PublishAll.as_view(),
        name="performance_round_publish_all",
    ),
    path(
        "performance/rounds/<int:pk>/disclose/",
        rounds.Disclose.as_view(),
        name="performance_round_disclose",
    ),
    path(
        "performance/appeals/<int:pk>/decide/",
        one.DecideAppeal.as_view(),
        name="performance_decide",
    ),
    path("performance/<str:number>/", one.AssessmentPage.as_view(), name="performance_assessment"),
    path("performance/<str:number>/assess/", one.Assess.as_view(), name="performance_assess"),
    path("performance/<str:number>/propose/", one.Propose.as_view(), name="performance_propose"),
    path(
        "performance/<str:number>/silent/", one.RecordSilence.as_view(), name="performance_silent"
    ),
    path("performance/<str:number>/publish/", one.Publish.as_view(), name="performance_publish"),
    path("performance/<str:number>/correct/", one.Correct.as_view(), name="performance_correct"),
]
own = [
    path("performance/", portal.OwnPerformance.as_view(), name="performance"),
    path(
        "performance/<str:number>/", portal.OwnAssessment.as_view(), name="performance_assessment"
    ),
    path("performance/<str:number>/self/", portal.SelfAssess.as_view(), name="performance_self"),
    path("performance/<str:number>/confirm/", portal.Confirm.as_view(), name="performance_confirm"),
    path("performance/<str:number>/appeal/", portal.Appeal.as_view(), name="performance_appeal"),
]
public = [path("performance/", panels.DisclosedGrades.as_view(), name="performance")]
