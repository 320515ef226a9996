"""Media types that the content of a file tells: what a column of files can be held to."""

TEXTS = ("text/plain", "text/csv")
"""They have no signature: such a file is any text."""

BY_SIGNATURE = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "application/pdf",
    "application/zip",
)
MEDIA_TYPES = (*BY_SIGNATURE, *TEXTS)
"""None of them is run by browsers, as HTML and SVG would be."""

LEAST_BYTES = 1024
"""Of the largest file that a column takes: enough for some file of each type."""

MOST_BYTES = 20 * 1024 * 1024
"""Of a file: each is whole in the memory of the server while it is stored and while it is sent."""
