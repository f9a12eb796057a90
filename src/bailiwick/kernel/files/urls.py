from django.urls import path

from bailiwick.kernel.files.web import Download, FileList, RemoveFile

app_name = "files"

urlpatterns = [
    path("files/", FileList.as_view(), name="list"),
    path("files/<uuid:file_id>/", Download.as_view(), name="download"),
    path("files/<uuid:file_id>/remove/", RemoveFile.as_view(), name="remove"),
]
