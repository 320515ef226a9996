"""What is insecure about a service that is otherwise sound, and which of that its documents accept."""

from bkgen.resolve.risks.review import review

__all__ = ["review"]
