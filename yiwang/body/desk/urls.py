from django.urls import path

from yiwang.body.desk.views import accounts, audit, case, entrance, inbox, operations, queue

app_name = "desk"

urlpatterns = [
    path("", entrance.home, name="home"),
    path("help", entrance.help_page, name="help"),
    path("cases", queue.cases, name="cases"),
    path("cases/counters", queue.counters, name="counters"),
    path("cases/found", queue.found, name="found"),
    path("cases/news", queue.news, name="news"),
    path("cases/<str:number>", case.show, name="case"),
    path("cases/<str:number>/contact", case.contact, name="contact"),
    path("cases/<str:number>/photos/<uuid:file_id>", case.photo, name="photo"),
    path("cases/<str:number>/photos/<uuid:file_id>/original", case.original, name="original"),
    path("cases/<str:number>/trail", audit.case_trail, name="case-trail"),
    path("cases/<str:number>/<str:move>", case.act, name="act"),
    path("areas/<str:level>.geojson", case.areas, name="areas"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/news", inbox.news, name="inbox_news"),
    path("join/<str:token>", accounts.join, name="join"),
    path("accounts", accounts.accounts, name="accounts"),
    path("accounts/invite", accounts.invite, name="invite"),
    path("accounts/<uuid:user_id>", accounts.account, name="account"),
    path("accounts/<uuid:user_id>/roles", accounts.grant_role, name="grant-role"),
    path("accounts/<uuid:user_id>/roles/<uuid:membership_id>/revoke", accounts.revoke_role, name="revoke-role"),
    path("accounts/<uuid:user_id>/invitation", accounts.renew_invitation, name="renew-invitation"),
    path("accounts/<uuid:user_id>/end", accounts.end_account, name="end-account"),
    path("keys", accounts.keys, name="keys"),
    path("keys/<str:prefix>/rotate", accounts.rotate_key, name="rotate-key"),
    path("keys/<str:prefix>/revoke", accounts.revoke_key, name="revoke-key"),
    path("audit", audit.trail, name="trail"),
    path("audit.csv", audit.trail_file, name="trail-file"),
    path("operations", operations.operations, name="operations"),
    path("operations/checks", operations.checks, name="checks"),
    path("operations/jobs/<int:job_id>/retry", operations.retry, name="retry"),
    path("operations/messages/retry", operations.retry_messages, name="retry-messages"),
]
