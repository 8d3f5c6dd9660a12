"""The pages of rosters: `desk` for the office, `own` for the institution."""

from django.urls import path

from institutions.views.practitioners import acts, departments, imports, people, rosters

desk = [
    path("practitioners/", people.PractitionerList.as_view(), name="practitioners"),
    path("practitioners/find/", people.FindByNumber.as_view(), name="practitioner_find"),
    path("practitioners/<int:pk>/", people.DeskPerson.as_view(), name="practitioner"),
    path(
        "practitioners/<int:pk>/id-number/",
        people.DeskNumber.as_view(),
        name="practitioner_number",
    ),
    path("institutions/<int:pk>/roster/", rosters.DeskRoster.as_view(), name="roster"),
    path("institutions/<int:pk>/roster/print/", rosters.DeskPrint.as_view(), name="roster_print"),
    path("institutions/<int:pk>/roster.csv", rosters.DeskCsv.as_view(), name="roster_csv"),
    path("institutions/<int:pk>/roster.xlsx", rosters.DeskXlsx.as_view(), name="roster_xlsx"),
    path(
        "institutions/<int:pk>/departments/",
        departments.DeskDepartments.as_view(),
        name="departments",
    ),
    path("roster-imports/", imports.DeskImports.as_view(), name="roster_imports"),
    path("roster-imports/<str:number>/", imports.DeskImport.as_view(), name="roster_import"),
    path(
        "roster-imports/<str:number>/errors.csv",
        imports.DeskErrors.as_view(),
        name="roster_import_errors",
    ),
]

own = [
    path("roster/", rosters.OwnRoster.as_view(), name="roster"),
    path("roster/print/", rosters.OwnPrint.as_view(), name="roster_print"),
    path("roster/roster.csv", rosters.OwnCsv.as_view(), name="roster_csv"),
    path("roster/roster.xlsx", rosters.OwnXlsx.as_view(), name="roster_xlsx"),
    path("roster/hire/", acts.Hire.as_view(), name="roster_hire"),
    path("roster/look-up/", acts.LookUp.as_view(), name="roster_look_up"),
    path("roster/rows/<int:pk>/move/", acts.Move.as_view(), name="roster_move"),
    path("roster/rows/<int:pk>/leave/", acts.Leave.as_view(), name="roster_leave"),
    path("roster/rows/<int:pk>/correct/", acts.Correct.as_view(), name="roster_correct"),
    path("roster/rows/<int:pk>/strike/", acts.Strike.as_view(), name="roster_strike"),
    path(
        "roster/rows/<int:pk>/commitment/",
        acts.PrepareCommitment.as_view(),
        name="commitment_prepare",
    ),
    path(
        "roster/rows/<int:pk>/commitment/sign/",
        acts.SignCommitment.as_view(),
        name="commitment_sign",
    ),
    path("roster/people/<int:pk>/", people.OwnPerson.as_view(), name="practitioner"),
    path("roster/people/<int:pk>/amend/", acts.Amend.as_view(), name="practitioner_amend"),
    path(
        "roster/people/<int:pk>/id-number/",
        people.OwnNumber.as_view(),
        name="practitioner_number",
    ),
    path("roster/departments/", departments.OwnDepartments.as_view(), name="departments"),
    path("roster/departments/new/", departments.OpenDepartment.as_view(), name="department_open"),
    path(
        "roster/departments/<int:pk>/amend/",
        departments.AmendDepartment.as_view(),
        name="department_amend",
    ),
    path(
        "roster/departments/<int:pk>/close/",
        departments.CloseDepartment.as_view(),
        name="department_close",
    ),
    path("roster/imports/", imports.OwnImports.as_view(), name="roster_imports"),
    path("roster/imports/new/", imports.UploadPage.as_view(), name="roster_upload"),
    path("roster/imports/template/", imports.Template.as_view(), name="roster_template"),
    path("roster/imports/<str:number>/", imports.OwnImport.as_view(), name="roster_import"),
    path(
        "roster/imports/<str:number>/errors.csv",
        imports.OwnErrors.as_view(),
        name="roster_import_errors",
    ),
    path(
        "roster/imports/<str:number>/apply/",
        imports.ApplyImport.as_view(),
        name="roster_import_apply",
    ),
    path(
        "roster/imports/<str:number>/undo/",
        imports.UndoImport.as_view(),
        name="roster_import_undo",
    ),
]
