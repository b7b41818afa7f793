"""数脑: suggestions and numbers; never decides. Empty in step 1: everything above must work without it."""
