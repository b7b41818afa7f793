from django.urls import path

from yiwang.body.portal.views import finding, pages, publication, reporting, tracking

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("report", reporting.report, name="report"),
    path("receipt/<str:token>", reporting.receipt, name="receipt"),
    path("track", tracking.enter, name="enter"),
    path("track/<str:token>", tracking.track, name="track"),
    path("track/<str:token>/photos/<uuid:file_id>", tracking.photo, name="photo"),
    path("find", finding.find, name="find"),
    path("find/code", finding.redeem, name="redeem"),
    path("find/reports", finding.found, name="found"),
    path("cases", publication.cases, name="public-cases"),
    path("cases/<str:number>", publication.case, name="public-case"),
    path("cases/<str:number>/photos/<uuid:photo_id>", publication.photo, name="public-photo"),
    path("areas/<str:level>.geojson", pages.areas, name="areas"),
    path("help", pages.guidance, name="help"),
    path("privacy", pages.privacy, name="privacy"),
]
