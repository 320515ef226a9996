"""Findings about the structure of documents and the spelling of their keys: BK2xx."""

from bkgen.codes.code import Code

STRUCTURE = {
    "BK201": Code(
        "error",
        "No document of bkgen",
        "A document has endpoints (`method` and `path`, or `endpoints`), `tables`, a `service`, or several of them.",
    ),
    "BK202": Code("error", "OpenAPI document", "bkgen reads its own contracts; OpenAPI documents are not read yet."),
    "BK203": Code(
        "error", "Not supported by this version", "The key belongs to the language, but this version does not know it."
    ),
    "BK204": Code(
        "error", "Unknown key", "No key is ignored: one that means nothing here is probably a slip of the pen."
    ),
    "BK205": Code("error", "Missing key", "An object lacks a key that it cannot be without."),
    "BK206": Code("error", "Wrong type", "A value is of another JSON type than its key takes."),
    "BK207": Code("error", "Invalid value", "A value has the right type, but its key does not take it."),
    "BK208": Code("error", "Said twice", "Two spellings of one key stand in the same object: remove one."),
    "BK209": Code("error", "Several services", "The documents of one backend describe one service."),
    "BK210": Code(
        "error", "Can be read in two ways", "The spelling means two different things: write the one that is meant."
    ),
    "BK211": Code("error", "SQL in a type", "What SQL says behind a type is said by keys of the column."),
    "BK212": Code("hint", "Key without effect", "The key is understood, but nothing in the backend depends on it."),
    "BK213": Code("hint", "Other spelling", "The document is understood; this is how the reference spells it."),
}
