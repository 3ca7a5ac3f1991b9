"""The limit: nothing but a claim and an insert, in one transaction, straight at PostgreSQL.

    python bench/bare.py DSN SECONDS THREADS
prints how many were done. No people, no policies, no HTTP: the least that any server would have to do.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

PROCESSES, THREADS = 2, 8
MAKE = """
DROP TABLE IF EXISTS bare_answer, bare_task;
CREATE TABLE bare_task (id bigint PRIMARY KEY, seats_free int NOT NULL);
CREATE TABLE bare_answer (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), task bigint NOT NULL, answer text);
INSERT INTO bare_task SELECT n, 1 FROM generate_series(1, 200000) AS n;
CREATE INDEX ON bare_task (id) WHERE seats_free > 0;
ANALYZE bare_task;
"""
CLAIM = """
UPDATE bare_task SET seats_free = seats_free - 1 WHERE id = (
    SELECT id FROM bare_task WHERE seats_free > 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
"""


def per_second(dsn: str, seconds: float) -> float:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(MAKE)
    words = [sys.executable, str(Path(__file__)), dsn, str(seconds), str(THREADS)]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
    done = sum(int(process.communicate()[0]) for process in running)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE bare_answer, bare_task")
    return round(done / seconds, 1)


def main(dsn: str, seconds: str, threads: str) -> None:
    ends = time.monotonic() + float(seconds)
    done = [0] * int(threads)

    def work(place: int) -> None:
        with psycopg.connect(dsn) as connection:
            while time.monotonic() < ends:
                row = connection.execute(CLAIM, prepare=True).fetchone()
                if row is None:
                    return
                connection.execute(
                    "INSERT INTO bare_answer (task, answer) VALUES (%s, 'accept')", row, prepare=True
                )
                connection.commit()
                done[place] += 1

    at_work = [threading.Thread(target=work, args=[place]) for place in range(int(threads))]
    for thread in at_work:
        thread.start()
    for thread in at_work:
        thread.join()
    print(sum(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
