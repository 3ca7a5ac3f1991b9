"""Words and parts of speech of the stream, by dictionary, at millions of symbols a second."""
