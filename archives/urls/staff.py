from django.urls import path

from archives.views import staff

app_name = "archives_desk"
urlpatterns = [
    path("records/", staff.RecordList.as_view(), name="list"),
    path("records/<str:number>/", staff.RecordDetail.as_view(), name="detail"),
    path("records/<str:number>/files/<int:pk>/", staff.RecordDownload.as_view(), name="download"),
    path("records/<str:number>/check/", staff.VerifyRecord.as_view(), name="verify"),
]
