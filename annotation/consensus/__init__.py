"""From judgments to a verdict: arrays in, answers and posteriors out, no database."""
