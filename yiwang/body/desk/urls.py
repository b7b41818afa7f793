from django.urls import path

from yiwang.body.desk.views import case, entrance, inbox, operations, queue

app_name = "desk"

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login", entrance.log_in, name="login"),
    path("logout", entrance.log_out, name="logout"),
    path("help", entrance.help_page, name="help"),
    path("cases", queue.cases, name="cases"),
    path("cases/counters", queue.counters, name="counters"),
    path("cases/found", queue.found, name="found"),
    path("cases/news", queue.news, name="news"),
    path("cases/<str:number>", case.show, name="case"),
    path("cases/<str:number>/contact", case.contact, name="contact"),
    path("cases/<str:number>/photos/<uuid:file_id>", case.photo, name="photo"),
    path("cases/<str:number>/<str:move>", case.act, name="act"),
    path("areas/<str:level>.geojson", case.areas, name="areas"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/news", inbox.news, name="inbox_news"),
    path("operations", operations.operations, name="operations"),
    path("operations/checks", operations.checks, name="checks"),
    path("operations/jobs/<int:job_id>/retry", operations.retry, name="retry"),
    path("operations/messages/retry", operations.retry_messages, name="retry-messages"),
]
