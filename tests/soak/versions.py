"""What is listed under a path, a uid and a resource version a line: `python -m tests.soak.versions KUBECONFIG PATH`."""

import sys
from pathlib import Path

from tests.demo.end_to_end.witness import Witness

if __name__ == "__main__":
    for one in Witness(Path(sys.argv[1])).get(sys.argv[2])["items"]:
        print(one["metadata"]["uid"], one["metadata"]["resourceVersion"])
