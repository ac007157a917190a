"""One file a kind: what is read of it, its columns, its health, its relations. Pure."""
