"""Addresses of calendar, deadlines and feeds; `staff`, `portal` and `public` take them."""

from django.urls import path

from agency.views import calendar, calendar_acts, deadline_lists, deadlines, feeds

desk = [
    path("calendar/", calendar.Calendar.as_view(), name="calendar"),
    path("calendar/<int:year>/", calendar.Calendar.as_view(), name="calendar_year"),
    path("calendar/upload/", calendar_acts.UploadCalendar.as_view(), name="calendar_upload"),
    path("calendar/imports/", calendar.ImportList.as_view(), name="calendar_imports"),
    path("calendar/imports/<int:pk>/", calendar.ImportPage.as_view(), name="calendar_import"),
    path(
        "calendar/imports/<int:pk>/publish/",
        calendar_acts.PublishImport.as_view(),
        name="calendar_publish",
    ),
    path(
        "calendar/imports/<int:pk>/discard/",
        calendar_acts.DiscardImport.as_view(),
        name="calendar_discard",
    ),
    path("calendar/closing/", calendar.ClosingDays.as_view(), name="closing_days"),
    path("calendar/closing/add/", calendar_acts.AddClosingDay.as_view(), name="closing_add"),
    path(
        "calendar/closing/<int:pk>/revoke/",
        calendar_acts.RevokeClosingDay.as_view(),
        name="closing_revoke",
    ),
    path("deadlines/", deadline_lists.Overview.as_view(), name="deadlines"),
    path("deadlines/<str:clock>/", deadline_lists.ClockList.as_view(), name="clock"),
    path(
        "deadlines/<str:clock>/<int:pk>/",
        deadlines.MatterDeadline.as_view(),
        name="matter_deadline",
    ),
]

portal = [
    path("deadlines/", deadline_lists.OwnOverview.as_view(), name="deadlines"),
    path("deadlines/<str:clock>/", deadline_lists.OwnClockList.as_view(), name="clock"),
    path(
        "deadlines/<str:clock>/<int:pk>/",
        deadlines.OwnMatterDeadline.as_view(),
        name="matter_deadline",
    ),
]

public = [
    path("deadline/", deadlines.explain_deadline, name="deadline"),
    path("account/calendar/", feeds.FeedPage.as_view(), name="feed_page"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
]
