"""From the model to files: `render` returns path -> text and touches no disk but a temporary folder."""

from bkgen.render.project import render

__all__ = ["render"]
