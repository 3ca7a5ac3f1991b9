"""POS-guided phrasal segmentation (AutoPhrase, section 4.2)."""
