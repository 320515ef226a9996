"""Functions that endpoints run in their transaction. All other files here are the developer's."""
