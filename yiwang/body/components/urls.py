from django.urls import path

from yiwang.body.components import views

app_name = "components"
urlpatterns = [
    path("preferences", views.preferences, name="preferences"),
    path("styleguide", views.styleguide, name="styleguide"),
    path("styleguide/desk", views.styleguide_desk, name="styleguide_desk"),
    path("styleguide/confirm", views.styleguide_confirm, name="styleguide_confirm"),
    path("styleguide/problem", views.styleguide_problem, name="styleguide_problem"),
]
