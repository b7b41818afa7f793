from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "yiwang.hub.workflow"
    label = "workflow"
