"""Findings about collections of documents: BK75x."""

from bkgen.codes.code import Code

COLLECTIONS = {
    "BK750": Code(
        "error",
        "Unusable schema of a collection",
        "The JSON Schema of a collection is that of an object, says each of its properties, and gives each a type.",
    ),
    "BK751": Code(
        "error",
        "Keyword that is not supported in the schema of a collection",
        "Bodies are checked by Pydantic models, and found by typed paths: what neither can say is refused, so that no "
        "rule of a schema is silently left out.",
    ),
    "BK752": Code(
        "error",
        "Field that a document cannot have",
        "A document has an `id`, and maybe a `version`, from the backend, and stands in the column `document`. Files "
        "and bytes are kept in tables.",
    ),
    "BK753": Code(
        "error",
        "Index over no single value",
        "An index of a collection is over fields or paths (`address.city`) that lead to one value each, short enough "
        "for an index of PostgreSQL.",
    ),
    "BK754": Code(
        "error",
        "What a collection cannot be used for",
        "Steps read and delete documents, and endpoints write them. Accounts, memberships and what other rows refer to "
        "are tables.",
    ),
}
