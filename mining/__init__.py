"""What machines do: corpora, miners, classifiers, active learning, runs."""
