"""What a database architect would say of the tables of a sound service: flaws of the design, each with its reason."""

from bkgen.lint.review import review_design

__all__ = ["review_design"]
