"""What people do: campaigns, tasks, leases, judgments, verdicts and the task pages."""
