"""What lives as long as one connection: reflectors, stores, views, relations, the change log. No Textual."""
