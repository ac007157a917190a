"""What is known of the types of Kubernetes: their published schemas, and what follows from them for an object.

kubernetes.json.gz holds types, fields and their numbers, without any prose; tests/controlplane/extract_schemas.py reads
them out of Kubernetes' published OpenAPI documents and struct tags.
"""
