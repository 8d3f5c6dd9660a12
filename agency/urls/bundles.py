"""The pages of service matters, and of receipts and figures."""

from django.urls import path

from agency.views import bundle_acts, bundles, figures, public_bundles, status, turns

public = [
    path("status/", status.Status.as_view(), name="status"),
    path("status/receipt/", status.Receipt.as_view(), name="receipt"),
    path("service-figures/", figures.ServiceFigures.as_view(), name="service_figures"),
    path(
        "service-figures/figures.csv",
        figures.ServiceFiguresFile.as_view(),
        name="service_figures_csv",
    ),
    path("service-matters/", public_bundles.ServiceMatters.as_view(), name="service_matters"),
    path(
        "service-matters/supplement/",
        public_bundles.SupplyMissing.as_view(),
        name="bundle_supplement",
    ),
    path(
        "service-matters/withdraw/", public_bundles.WithdrawMatter.as_view(), name="bundle_withdraw"
    ),
    path("service-matters/<str:kind>/", public_bundles.FileMatter.as_view(), name="bundle_file"),
]
desk = [
    path("turns/", turns.Turns.as_view(), name="turns"),
    path("service-matters/", bundles.BundleList.as_view(), name="bundles"),
    path("service-matters/kinds/", bundles.PartTypes.as_view(), name="bundle_kinds"),
    path(
        "service-matters/kinds/<str:kind>/add/",
        bundle_acts.AddPart.as_view(),
        name="bundle_part_add",
    ),
    path(
        "service-matters/kinds/parts/<int:pk>/set/",
        bundle_acts.SetPart.as_view(),
        name="bundle_part_set",
    ),
    path(
        "service-matters/record/<str:kind>/",
        bundle_acts.RecordBundle.as_view(),
        name="bundle_record",
    ),
    path(
        "service-matters/parts/<int:pk>/done/",
        bundle_acts.FinishPart.as_view(),
        name="bundle_part_done",
    ),
    path(
        "service-matters/parts/<int:pk>/return/",
        bundle_acts.ReturnPart.as_view(),
        name="bundle_part_return",
    ),
    path(
        "service-matters/parts/<int:pk>/supplement/",
        bundle_acts.AskSupplement.as_view(),
        name="bundle_part_supplement",
    ),
    path("service-matters/<str:number>/", bundles.BundlePage.as_view(), name="bundle"),
    path(
        "service-matters/<str:number>/person/",
        bundles.BundlePerson.as_view(),
        name="bundle_person",
    ),
    path(
        "service-matters/<str:number>/take-supplement/",
        bundle_acts.TakeSupplement.as_view(),
        name="bundle_take_supplement",
    ),
]
