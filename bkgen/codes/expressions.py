"""Findings about expressions: BK8xx."""

from bkgen.codes.code import Code

EXPRESSIONS = {
    "BK801": Code("error", "Expression that cannot be read", "An expression follows the grammar of CEL."),
    "BK802": Code(
        "error",
        "Not part of the expression language",
        "Expressions are a subset of CEL: maps, bytes, indexes and its other functions and macros are not in it.",
    ),
    "BK803": Code(
        "error", "Expression too long", "An expression has at most 4,000 characters and 50 levels: split it."
    ),
    "BK804": Code(
        "error",
        "Unknown name in an expression",
        "A variable, column, relation or member is none of those that are here.",
    ),
    "BK805": Code(
        "error",
        "Types that do not go together",
        "An operator, function or macro takes values of certain types, and nothing is converted silently.",
    ),
    "BK806": Code("error", "Private column in an expression", "What is private may not be told by an answer either."),
    "BK807": Code(
        "error",
        "Value that does not fit",
        "A literal stands for a date, time, UUID or value of an enum, or an expression is written to a column.",
    ),
    "BK808": Code(
        "error",
        "Not possible inside the database",
        "Databases sort texts, change their case and reckon with times each in its own way: what has to be the same "
        "everywhere is left to Python, or to a column of its own.",
    ),
    "BK809": Code(
        "error",
        "URL that leads nowhere",
        "`url('...')` takes the path of a GET endpoint of the contract; its parameters are columns of the row.",
    ),
}
