"""Commands that print and end: a second front end on plain stdout. Knows no Textual."""
