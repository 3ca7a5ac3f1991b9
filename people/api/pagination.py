"""Pages by key: flat cost at any depth, stable while rows are added."""

from rest_framework.pagination import CursorPagination


class KeyPagination(CursorPagination):
    ordering = "id"
    page_size_query_param = "page_size"
    max_page_size = 1000
