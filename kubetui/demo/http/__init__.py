"""The HTTP front of the built-in cluster: connections, who asks, what is asked, and how it is answered."""
