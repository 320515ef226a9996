"""Compile API contracts and database schemas into a running FastAPI backend."""

from importlib.metadata import version

__version__ = version("bkgen")
