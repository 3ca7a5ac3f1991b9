"""What the machine offers torch: device, threads, number formats."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# Read when torch is first imported. Threads that wait for each other by spinning take the cores from one
# another where other processes work too: seen on 2 busy cores, five times the processor time.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def choose_device(threads: int = 0) -> "torch.device":
    """The graphics card where there is one. Sets how many cores torch uses: all that we may, or `threads`."""
    import torch

    torch.set_num_threads(threads or max(len(os.sched_getaffinity(0)), 1))
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_dtype(precision: str, device: "torch.device") -> "torch.dtype":
    """What matrices are multiplied in. `auto`: half the bits where the device computes them faster."""
    import torch

    if precision != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[precision]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    # AMX multiplies bfloat16 in hardware; elsewhere a CPU would only imitate it.
    return torch.bfloat16 if _has_amx() else torch.float32


def _has_amx() -> bool:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as told:
            return any("amx_bf16" in line for line in told if line.startswith("flags"))
    except OSError:
        return False
