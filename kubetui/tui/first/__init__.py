"""The first picture, painted before Textual is loaded, which then paints the same cells over it. No Textual here."""
