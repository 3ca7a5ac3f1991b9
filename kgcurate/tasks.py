"""What a worker tells of itself when it is asked (Celery's remote control, no job in a queue)."""

import os
import time

import psutil
from celery.worker import control


@control.inspect_command()
def report(state):
    """The queues this worker serves and what it is doing, from its main process, however busy its pool is."""
    return {
        "queues": sorted(queue["name"] for queue in control.active_queues(state)),
        "busy": [
            {"task": request["name"], "since": request["time_start"]}
            for request in control.active(state, safe=True)
        ],
        "processes": state.consumer.pool.num_processes,
        "up_since": psutil.Process(os.getpid()).create_time(),
        "at": time.time(),
    }
