"""Imports as jobs."""

from celery import shared_task

from mining.actions.imports import import_documents as documents_job
from mining.actions.imports_catalogue import import_categories as categories_job
from mining.actions.imports_catalogue import import_items as items_job
from mining.actions.imports_images import import_image_texts as image_texts_job
from mining.actions.imports_relations import import_relations as relations_job
from mining.actions.imports_uploads import forget_uploads as forget
from mining.actions.runs import work_on


@shared_task
def import_documents(run_id: int) -> None:
    work_on(run_id, documents_job)


@shared_task
def import_categories(run_id: int) -> None:
    work_on(run_id, categories_job)


@shared_task
def import_items(run_id: int) -> None:
    work_on(run_id, items_job)


@shared_task
def import_relations(run_id: int) -> None:
    work_on(run_id, relations_job)


@shared_task
def import_image_texts(run_id: int) -> None:
    work_on(run_id, image_texts_job)


@shared_task
def forget_uploads() -> int:
    return forget()
