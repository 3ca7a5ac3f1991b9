"""What the API answers, as far as people work with it. The OpenAPI description has the rest."""

from typing import Any, Literal, TypedDict

Answer = Literal["accept", "reject", "unsure", "bad", "skip"]


class User(TypedDict):
    id: int
    username: str
    role: str
    reads: list[str]
    page_language: str
    is_active: bool
    is_simulated: bool
    date_joined: str


class Campaign(TypedDict):
    id: int
    name: str
    kind: str
    question: str
    status: str
    languages: list[str]
    overlap: int
    guideline: int


class ServedTask(TypedDict):
    id: int
    language: str
    content: dict[str, Any]
    html: str


class Next(TypedDict):
    tasks: list[ServedTask]
    guideline: int


class Result(TypedDict):
    id: str
    status: Literal["saved", "refused"]
    judgment: str | None
    is_counted: bool
    detail: str


class Answered(Next):
    results: list[Result]


class Verdict(TypedDict):
    id: int
    task: int
    campaign: int
    answer: str
    posterior: float
    confidence: float
    is_disputed: bool
    votes: dict[str, int]


class Exchange(TypedDict):
    id: int
    campaign: int
    action: str
    status: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    counts: dict[str, int]
    error: str
