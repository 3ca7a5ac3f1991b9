"""Changes to several rows at once: serving, judging, campaigns, selection."""
