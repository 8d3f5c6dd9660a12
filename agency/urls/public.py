from django.urls import path

from agency.urls import access, bundles, time
from agency.views import audit, files, messages, uploads
from agency.views.letters import public as letters

app_name = "agency"
urlpatterns = [
    *time.public,
    *access.public,
    *bundles.public,
    path("integrity/", audit.Integrity.as_view(), name="integrity"),
    path("integrity/heads.json", audit.heads_as_json, name="heads_json"),
    path("integrity/heads.txt", audit.heads_as_text, name="heads_text"),
    path("verify/", letters.EnterCode.as_view(), name="letter_verify"),
    path("verify/<str:code>/", letters.VerifyLetter.as_view(), name="letter_code"),
    path("notices/", letters.PublicNotices.as_view(), name="public_notices"),
    path("account/notices/", messages.Notices.as_view(), name="notices"),
    path("account/notices/<int:pk>/", messages.OpenNotice.as_view(), name="notice"),
    path("account/messages/", messages.MessagePreferences.as_view(), name="message_preferences"),
    path(
        "account/messages/<str:token>/", messages.ConfirmAddress.as_view(), name="confirm_address"
    ),
    path("files/<int:pk>/", files.FilePage.as_view(), name="file"),
    path("files/<int:pk>/download/", files.FileDownload.as_view(), name="file_download"),
    path("files/<int:pk>/pages/<int:page>/", files.FilePicture.as_view(), name="file_picture"),
    path("uploads/", uploads.Uploads.as_view(), name="uploads"),
    path("uploads/<uuid:pk>/", uploads.UploadPieces.as_view(), name="upload"),
]
