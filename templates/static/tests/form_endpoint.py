"""Endpoints whose bodies are forms, for the files in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.endpoint import Endpoint
from tests.guarded_endpoint import GuardedEndpoint


@dataclass(frozen=True)
class FormEndpoint(Endpoint):
    """An endpoint that takes a form.

    Attributes:
        files: name of a field -> how many bytes a file may have there, and of which types it may be.
    """

    files: Mapping[str, tuple[int, list[str]]] = field(default_factory=dict)

    @property
    def takes_json(self) -> bool:
        return False


@dataclass(frozen=True)
class GuardedFormEndpoint(FormEndpoint, GuardedEndpoint):
    """An endpoint that takes a form, and asks for more than a token."""
