"""Findings about types and bodies: BK5xx."""

from bkgen.codes.code import Code

BODIES = {
    "BK501": Code(
        "error", "Unknown type", "Types are the language's names, SQL spellings, and names of tables in a response."
    ),
    "BK502": Code(
        "error",
        "Type or object",
        "An object can be read as the definition of a type and as an object with fields: the message says how "
        "to write each.",
    ),
    "BK503": Code(
        "error", "Constraint that does not fit", "A constraint is for another type, or has a value that it cannot take."
    ),
    "BK504": Code("error", "Body that nothing reads", "The operation takes no request body."),
    "BK505": Code(
        "error",
        "Body field without a column",
        "A request field is a column of the table, or something that the operation takes.",
    ),
    "BK506": Code("error", "Row that cannot be written", "A column needs a value that the request does not bring."),
    "BK507": Code(
        "error",
        "Field of another type",
        "What the contract says about a value and what the schema says about its column contradict each other.",
    ),
    "BK508": Code(
        "error", "Field that a client may not send", "The backend, the database or the path gives the value."
    ),
    "BK509": Code(
        "error",
        "Body without what the operation needs",
        "Signing in, registering and changing a password need certain fields.",
    ),
    "BK510": Code(
        "error",
        "Response field that nothing can fill",
        "A response field is a column of the row, or something that the operation makes.",
    ),
    "BK511": Code(
        "error",
        "Response of the wrong form",
        "A list answers with an array of rows, other operations with one row or none.",
    ),
    "BK512": Code(
        "error", "Error body of another shape", "An error body is an exact text, or has the service's one error shape."
    ),
    "BK513": Code(
        "error",
        "Field names that cannot be",
        "A field name has characters that none may have, or two fields are the same.",
    ),
    "BK514": Code("error", "Private column in a response", "Private columns never leave the server."),
    "BK515": Code(
        "error",
        "Row that no relation leads to",
        "What stands in a row's object belongs to that row: a relation, by its name, leads to it.",
    ),
    "BK516": Code(
        "error",
        "Text that cannot be tidied",
        "`sanitize`, `trim` and `normalize` are for what people write; passwords, codes and words of an enum are kept "
        "as they are sent.",
    ),
    "BK517": Code(
        "error",
        "Field that is tidied otherwise than its column",
        "What is said of a column holds for every way in which it is written.",
    ),
    "BK518": Code(
        "error",
        "Guarded URL that is put together",
        'A URL whose column says `"hosts": "public"` comes whole from one field of a body, where it is judged.',
    ),
    "BK520": Code("error", "View declared twice", "Every view has a name of its own."),
    "BK521": Code("error", "Order by something else", "Rows are ordered by columns of their table."),
    "BK522": Code("error", "View of another table", "A view shows rows of its own table only, and that exists."),
    "BK523": Code(
        "error",
        "Relation that is not clear",
        "Several references could be meant; names of their own (`as`, `inverse`) tell them apart.",
    ),
    "BK524": Code("error", "View within itself", "A view that shows itself, however deep, has no end."),
    "BK525": Code("error", "One row or many", "Many rows are an array, one row is none."),
    "BK526": Code("error", "Computed field without one value", "An expression in a response gives values."),
    "BK527": Code(
        "error",
        "Rows that cannot be written with another",
        "A field of a body links a row with others, or brings the rows below it, by a relation that its table has.",
    ),
    "BK550": Code(
        "error",
        "Field of groups without one value",
        "A view with `groupBy` shows what its groups are told apart by, and one value of the rows of each.",
    ),
    "BK551": Code(
        "error", "Groups where there are none", "Only a list answers with groups, and they are in nothing else."
    ),
    "BK552": Code(
        "error", "Groups page by page", "Groups are in the order of their view, and their pages have numbers."
    ),
    "BK553": Code("error", "View of some rows", "Only a view with `groupBy` says which rows it is made of."),
}
