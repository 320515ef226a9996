"""Findings about the design of tables, which `bkgen lint` tells: BK950 to BK971. Each can be accepted with a reason."""

from bkgen.codes.code import Code

DESIGN = {
    "BK950": Code(
        "warning",
        "Reference that is not declared",
        "A column is called like the key of a table and refers to nothing: the database keeps values in it that no row "
        "has, and finds the rows by reading all of them.",
    ),
    "BK951": Code(
        "warning",
        "Link that can be there twice",
        "Rows that only say what belongs together have these columns as their key: else a pair is stored, shown and "
        "counted twice.",
    ),
    "BK952": Code(
        "info",
        "Name that two rows can share",
        "People name a row by such a value, so a lookup by it has to find one row: a unique rule is what sees to that.",
    ),
    "BK953": Code(
        "warning",
        "List in a text column",
        "First normal form: a database cannot search, count, index or check the parts of a text. They are rows of a "
        "table.",
    ),
    "BK954": Code(
        "warning",
        "Repeated columns",
        "First normal form: numbered columns hold as many values as somebody thought of, and a search has to look into "
        "each. They are rows of a table.",
    ),
    "BK955": Code(
        "warning",
        "Fact about a part of the key",
        "Second normal form: what depends on a part of the key is written as often as that part is, and one of the "
        "copies will be out of date.",
    ),
    "BK956": Code(
        "info",
        "Copy of what another row says",
        "Third normal form: what the row referred to says changes there and not here. A copy that is to stay as it was "
        "is accepted with that reason.",
    ),
    "BK957": Code(
        "warning",
        "Money in a float",
        "Floats keep no hundredths: 0.1 + 0.2 is not 0.3, and sums drift. Decimals are exact.",
    ),
    "BK958": Code(
        "warning",
        "Time without a zone",
        "A moment without an offset is another one on each server, and twice the same when summer time ends.",
    ),
    "BK959": Code(
        "warning",
        "Reference without a rule for deletions",
        "What becomes of rows that refer to a deleted one is a decision: they stop it (RESTRICT), go with it (CASCADE) "
        "or stay without it (SET NULL).",
    ),
    "BK960": Code(
        "warning",
        "Rows found without an index",
        "bkgen gives each filter and order its index. A text that may be longer than a key of one, or JSON, can have "
        "none: each request reads the whole table.",
    ),
    "BK961": Code(
        "info",
        "Text without an end",
        "What clients write is as long as they like, up to the limit of a whole body, and every list carries it.",
    ),
    "BK962": Code(
        "info",
        "Wide rows",
        "A row is read and written as a whole, whichever of its columns is asked for, and so many are about more than "
        "one thing.",
    ),
    "BK963": Code(
        "warning",
        "Table that nothing uses",
        "No endpoint, policy or reference leads to its rows: it is migrated, kept and read by people for nothing.",
    ),
    "BK964": Code(
        "warning",
        "Entity, attribute, value",
        "Rows of names and values have no types, no required ones, no references, and one join for each attribute. "
        "Columns have, and a JSON document is read at once where nobody knows the names before.",
    ),
    "BK965": Code(
        "info",
        "Rows that would do as a document",
        "Rows that are only read and written with the one row they belong to need no table, join or keys of their own.",
    ),
    "BK966": Code(
        "info",
        "Rows that would do as keys and values",
        "What is found by one key, refers to nothing and ends by itself is a cache: a key-value store forgets it in "
        "time, and a table has to be swept.",
    ),
    "BK967": Code(
        "warning",
        "References in JSON",
        "A database checks no reference within JSON, and finds no rows from the other end: a table of links does both.",
    ),
    "BK968": Code(
        "warning",
        "Long text in an index",
        "A key of an index has to fit into a third of a page (2,692 bytes of text in PostgreSQL): a longer one is "
        "refused when it is inserted, as an error that nobody expects.",
    ),
    "BK969": Code(
        "info",
        "Index that another one covers",
        "An index over several columns finds rows by the first of them as well, and a unique rule is an index: the "
        "other one costs time with each write, and room. bkgen adds what endpoints need, and nothing of these.",
    ),
    "BK970": Code(
        "info",
        "Condition that no index serves",
        "Words within a text, what holds of another row, and one of several conditions are asked of row after row: in "
        "a large table that takes long. PostgreSQL finds words by its extension pg_trgm, which bkgen does not install.",
    ),
    "BK971": Code(
        "warning",
        "Unique rule that a narrower one implies",
        "Where no two rows share one column, none share it together with others: the wider rule refuses nothing, and "
        "one of the two is not what was meant.",
    ),
}
