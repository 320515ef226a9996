"""Names of generated definitions that derive from others."""

import re


def snake(name: str) -> str:
    """A class name in snake case: `PostCreate` gives `post_create`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
