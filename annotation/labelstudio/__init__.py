"""Exchange with Label Studio: labelling configs, tasks and answers in its words, and its server."""
