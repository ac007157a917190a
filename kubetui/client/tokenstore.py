"""Writing renewed tokens back into the kubeconfig they came from, as kubectl does.

Takes kubectl's own lock and replaces the file as a whole; comments in it are lost, as they are with kubectl.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any


def keep(kubeconfig: Path, user: str, tokens: Mapping[str, str]) -> bool:
    """Sets keys of a user's auth-provider config. False, and nothing changed, where the file can't be written."""
    path = kubeconfig.resolve()
    lock = path.with_name(f"{path.name}.lock")
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    try:
        return _rewrite(path, user, tokens)
    except OSError:
        return False
    finally:
        lock.unlink(missing_ok=True)


def _rewrite(path: Path, user: str, tokens: Mapping[str, str]) -> bool:
    import yaml

    try:
        document = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        _config_of(document, user).update(tokens)
    # Somebody changed the file meanwhile, and the user is no longer in it.
    except (yaml.YAMLError, LookupError, TypeError, AttributeError):
        return False
    with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            yaml.dump(document, new, yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
            new.flush()
            os.chmod(new.name, path.stat().st_mode & 0o7777)
            os.replace(new.name, path)
        except BaseException:
            os.unlink(new.name)
            raise
    return True


def _config_of(document: Any, user: str) -> dict[str, str]:
    entry = next((each for each in document["users"] if each["name"] == user), None)
    if entry is None:
        raise LookupError(user)
    config: dict[str, str] = entry["user"]["auth-provider"]["config"]
    return config
