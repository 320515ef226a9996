"""Pydantic models from JSON Schema, made by datamodel-code-generator in a process of its own."""

from bkgen.pydantic_models.process import Batch, ModelError, ModelProcess

__all__ = ["Batch", "ModelError", "ModelProcess"]
