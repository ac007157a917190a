"""The verbs, one file each: where it applies, its key, how dangerous it is, what it calls."""
