"""One object: its overview, manifest, events and logs, live."""
