"""Files that belong to bkgen and are no Python: templates, JSON Schemas, examples."""

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `templates`, `specs` or `examples`: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
