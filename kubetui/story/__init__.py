"""Changes told as causes and effects. Pure: fed by a log of changes, tested without a cluster."""
