"""Requests that become something else than an answer: exec, attach and port-forward, over websockets and SPDY."""
