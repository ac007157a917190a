"""Talks to an API server: finding it, reaching it, asking and understanding it. No Textual; knows no kind."""
