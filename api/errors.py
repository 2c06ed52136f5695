from rest_framework.views import exception_handler


def problem_handler(error, context):
    return exception_handler(error, context)
