"""The table: a virtual list of rows on Textual's line API. Knows identity and text, nothing of Kubernetes."""
