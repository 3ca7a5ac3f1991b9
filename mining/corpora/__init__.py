"""Files to rows, rows to documents: readers, column mapping, validation. No database in here."""
