"""What is known of the types of Kubernetes: their published schemas, and what follows from them for an object.

kubernetes.json.gz is cut out of Kubernetes' own OpenAPI documents and struct tags (Apache License 2.0) by
tests/controlplane/extract_schemas.py.
"""
