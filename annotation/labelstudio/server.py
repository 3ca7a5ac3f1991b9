"""A Label Studio server, through its SDK. Only workers and commands come here: the SDK is slow to load."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from annotation.labelstudio.results import OURS
from people.errors import UserError

PATIENCE = 120.0  # seconds


class NoServer(UserError):
    """Label Studio is not set up here, or it refuses us."""


def configured() -> str:
    """The address from the settings, empty where there is none."""
    return settings.LABEL_STUDIO_URL.rstrip("/")


class Server:
    def __init__(self) -> None:
        if not (configured() and settings.LABEL_STUDIO_TOKEN):
            raise NoServer(_("Set LABEL_STUDIO_URL and LABEL_STUDIO_TOKEN to name the Label Studio server."))
        import httpx
        from label_studio_sdk import LabelStudio

        self.url = configured()
        self._http = httpx.Client(timeout=PATIENCE, follow_redirects=True)
        # Its generated types are looser than what the server answers.
        self._client: Any = LabelStudio(
            base_url=self.url, api_key=settings.LABEL_STUDIO_TOKEN, httpx_client=self._http
        )

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: Any) -> None:
        self._http.close()

    def find_project(self, marker: str) -> int | None:
        """The project whose description is the marker."""
        for project in self._client.projects.list(page_size=100):
            if getattr(project, "description", None) == marker:
                return project.id
        return None

    def make_project(self, *, title: str, marker: str, config: str, answers: int, instruction: str) -> int:
        from label_studio_sdk.label_interface import LabelInterface

        LabelInterface(config).validate()
        project = self._client.projects.create(
            title=title[:50],
            description=marker,
            label_config=config,
            maximum_annotations=answers,
            expert_instruction=instruction,
            show_instruction=bool(instruction),
        )
        return project.id

    def count(self, project: int) -> int:
        return self._client.projects.get(project).task_number or 0

    def send(self, project: int, tasks: list[dict[str, Any]]) -> list[int]:
        """The ids there, in our order; empty where the server does the import later by itself."""
        reply = self._client.projects.import_tasks(
            id=project,
            request=tasks,
            return_task_ids=True,
        )
        ids = getattr(reply, "task_ids", None) or []
        return list(ids) if len(ids) == len(tasks) else []

    def tasks(self, project: int) -> Iterator[tuple[int, Any]]:
        """(id there, what we had said about it)."""
        for task in self._client.tasks.list(project=project, fields="task_only", page_size=500):
            shown = task.data if isinstance(task.data, dict) else {}
            yield task.id, shown.get(OURS)

    def export(self, project: int, ids: Iterable[int], file: Path) -> None:
        """These tasks with their annotations as a JSON export."""
        # The server reads "ids[]"; "ids", which the SDK would send, it takes for none at all.
        wanted = {"additional_query_parameters": {"ids[]": list(ids)}}
        parts = self._client.projects.exports.download_sync(
            project, export_type="JSON", download_all_tasks=True, request_options=wanted
        )
        with file.open("wb") as target:
            for part in parts:
                target.write(part)

    def people(self) -> dict[int, str]:
        """E-mail addresses by id."""
        return {user.id: user.email for user in self._client.users.list() if user.email}
