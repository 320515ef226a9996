"""The documents that `bkgen init` begins with, which stand beside this file."""

from __future__ import annotations

import shutil
from pathlib import Path

from bkgen.assets import folder

_DOCUMENTS = ("contract.json", "database.json")
# The folder that `$schema` names in these documents: hidden, so that the schemas are not taken for documents.
_SCHEMAS = ".bkgen-schemas"


def write_starter(directory: Path) -> list[Path]:
    """Write the documents, and the schemas that an editor checks them with; the documents' paths.

    Raises FileExistsError, before anything is written, where one of the documents exists.
    """
    documents = [directory / name for name in _DOCUMENTS]
    for document in documents:
        if document.exists():
            raise FileExistsError(document)
    (directory / _SCHEMAS).mkdir(parents=True, exist_ok=True)
    for schema in folder("specs").glob("*.schema.json"):
        shutil.copyfile(schema, directory / _SCHEMAS / schema.name)
    for document in documents:
        shutil.copyfile(Path(__file__).with_name(document.name), document)
    return documents
