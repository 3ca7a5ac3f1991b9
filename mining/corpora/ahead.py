"""Working ahead: the next batch is made ready while the database takes the last one."""

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made in a thread while the one before is in use; its errors are raised here."""
    ready: Queue[tuple[str, T | BaseException | None]] = Queue(maxsize=1)
    stop = threading.Event()

    def hand_over(kind: str, item: T | BaseException | None) -> None:
        while not stop.is_set():
            try:
                return ready.put((kind, item), timeout=0.1)
            except Full:
                continue

    def work() -> None:
        try:
            for item in items:
                hand_over("item", item)
                if stop.is_set():
                    return
            hand_over("end", None)
        except BaseException as error:  # whatever it is, the other side has to hear of it
            hand_over("error", error)

    worker = threading.Thread(target=work, name="reading-ahead", daemon=True)
    worker.start()
    try:
        while True:
            try:
                kind, item = ready.get(timeout=1)
            except Empty:
                continue
            if kind == "end":
                return
            if kind == "error":
                raise item  # type: ignore[misc]
            yield item  # type: ignore[misc]
    finally:
        # Before the caller goes on, for it may close the file that the thread reads.
        stop.set()
        worker.join()
