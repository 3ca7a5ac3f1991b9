"""Images: checked, kept by their digest, and read from folders and archives; no Django in here."""
