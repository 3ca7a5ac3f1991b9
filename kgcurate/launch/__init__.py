"""The launcher behind `make run`: every part of kgcurate as a child of one process."""
