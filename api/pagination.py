from rest_framework.pagination import CursorPagination


class SequenceCursorPagination(CursorPagination):
    ordering = "-id"
