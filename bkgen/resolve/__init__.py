"""Resolves documents into the model: types, names, relations, and what every endpoint does."""

from bkgen.resolve.service import resolve

__all__ = ["resolve"]
