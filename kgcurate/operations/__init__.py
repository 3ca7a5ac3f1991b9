"""What runs and what does not, in plain sentences: behind the operations page, its API and its metrics."""
