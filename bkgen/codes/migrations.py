"""Findings about changes of the schema, and the migrations that carry them out: BK72x, BK73x; of documents, BK76x."""

from bkgen.codes.code import Code

MIGRATIONS = {
    "BK720": Code(
        "error",
        "No record of the schema",
        "`migrations/schema.json` says which schema was generated last. Where it is missing or damaged and there are "
        "migrations, bkgen cannot tell what changed since.",
    ),
    "BK721": Code("error", "Several heads", "The next migration follows the last one, of which there has to be one."),
    "BK722": Code(
        "error",
        "Revision that is not there",
        "Every file of `migrations/versions` says which revision it is and which one it follows, and all of these are "
        "there. It is read, never run.",
    ),
    "BK723": Code(
        "error",
        "Table that would be dropped",
        'A table that is gone from the documents is dropped when that is allowed. `"was"` says that it has a new name.',
    ),
    "BK724": Code(
        "error",
        "Column that would be dropped",
        'A column that is gone from the documents is dropped if that is allowed. `"was"` says that it has a new name.',
    ),
    "BK725": Code(
        "error",
        "New required column without a value",
        "Rows that are there need a value of a new column that may not be null: that of its `default`, unless "
        "they must differ in it. Allowed all the same, the migration stops where the table has rows, and changes "
        "nothing.",
    ),
    "BK726": Code(
        "error",
        "Column that becomes required",
        "Rows that have null in a column get its `default` when it may no longer be null. Allowed without one, the "
        "migration stops where there are such rows, and changes nothing.",
    ),
    "BK727": Code(
        "error",
        "Narrower type",
        "Values may not fit into the new type. Allowed, texts are cut; a number that does not fit stops the migration.",
    ),
    "BK728": Code(
        "error",
        "Type that values cannot become",
        "No value of the old type is one of the new type. Allowed, the column is dropped and made anew.",
    ),
    "BK729": Code(
        "error",
        "Values that are no longer allowed",
        "Rows may have values that an enum no longer has. Allowed, these become the default of the column, or null; "
        "where it has neither, the migration stops at the first such row, and changes nothing.",
    ),
    "BK730": Code(
        "error",
        "Old name that is not known",
        "`was` names what a table or column was called when the backend was generated last. It may stay when the "
        "rename is done.",
    ),
    "BK731": Code(
        "error",
        "Key that cannot be changed",
        "Other rows refer to a key by its values, and those that count up are the database's: a migration that changes "
        "them is written by hand.",
    ),
    "BK732": Code(
        "error",
        "Change that two backends cannot share",
        "With `--two-step` the schema serves the backends before and after a change for a while. It has to take what "
        "either of them writes, and each has to understand what the other one wrote.",
    ),
    "BK733": Code(
        "warning",
        "Values that the backend before cannot read",
        "With `--two-step` both backends write the same rows for a while. A backend answers 500 where a row has what "
        "its documents do not know.",
    ),
    "BK734": Code(
        "warning",
        "Allowance of nothing",
        "`--allow-loss` names a table, or a column of one as `table.column`, as the documents call it now or did when "
        "the backend was generated last.",
    ),
    "BK760": Code(
        "error",
        "Field that documents have to have",
        "Documents that are there lack a new field, and may lack one that was optional. A field of the document itself "
        "gets its `default` in these; where there is none, or further within, each document has to have it already.",
    ),
    "BK761": Code(
        "error",
        "Field that documents would lose",
        "A field that is gone from the schema of a collection is taken out of its documents if that is allowed.",
    ),
    "BK762": Code(
        "error",
        "Documents or arrays that would no longer be valid",
        "A migration looks into no documents and arrays: a type, a bound or a pattern may only become wider. Allowed "
        "all the same, each document or array has to fit already, or is refused when it is read.",
    ),
}
