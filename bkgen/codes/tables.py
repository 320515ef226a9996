"""Findings about tables: BK3xx."""

from bkgen.codes.code import Code

TABLES = {
    "BK301": Code("error", "Table declared twice", "Each table has one declaration, in one document."),
    "BK302": Code(
        "error",
        "No primary key",
        "Every table says which column or columns name a row: reading, changing and referring need it.",
    ),
    "BK303": Code(
        "error", "Column declared twice", "A table has each column once; databases do not tell `ID` from `id`."
    ),
    "BK304": Code(
        "error",
        "Name that a database cannot have",
        "Names of tables and columns stand in SQL, Python and file names: letters, digits, `_`, `-` and "
        "spaces, at most 63 bytes.",
    ),
    "BK305": Code(
        "error", "Names that collide", "Two names in the documents would be one name in Python: rename one of them."
    ),
    "BK306": Code(
        "error", "Unknown column in a rule", "A key, unique rule or index names a column that the table does not have."
    ),
    "BK307": Code("error", "Reference to nothing", "A reference leads to a table or column that no document declares."),
    "BK308": Code("error", "Reference of another type", "A column has the type of the column that it refers to."),
    "BK309": Code(
        "error",
        "Reference to a column that is not unique",
        "A reference names one row, so it leads to a primary key or a unique column.",
    ),
    "BK310": Code(
        "error",
        "Circle of required references",
        "Rows that need each other can never be inserted: one reference of a circle is nullable.",
    ),
    "BK311": Code(
        "error",
        "Default that does not fit",
        "A default is a constant of the column's type, or `now`, `uuid` or `autoincrement`.",
    ),
    "BK312": Code(
        "error",
        "Impossible rule for deletions",
        "What happens on deletion has to be possible for the column: SET NULL needs a nullable one, SET "
        "DEFAULT a default.",
    ),
    "BK313": Code(
        "error", "Impossible column", "The column contradicts itself, or has a type that no column can have."
    ),
    "BK314": Code(
        "error",
        "Columns that cannot refer together",
        "A reference of several columns has one column of the other table for each of its own, and the same columns "
        "refer to one row only.",
    ),
    "BK315": Code(
        "error",
        "Preset that cannot be",
        "`set` gives columns of new rows values from the caller, the time and what is sent of the row.",
    ),
    "BK316": Code(
        "error",
        "Old name that is taken",
        "`was` says what a table or column was called before: nothing else is called that now, and only one has its "
        "rows or values.",
    ),
    "BK320": Code(
        "info",
        "Table added for sessions",
        "Refreshing and signing out need sessions that can be ended, which bkgen keeps in a table of its own.",
    ),
    "BK321": Code(
        "warning",
        "Column added for passwords",
        "Signing in needs a place for the hash of a password; where the schema has none, bkgen adds one and says so.",
    ),
    "BK322": Code(
        "error",
        "Accounts unknown",
        "Endpoints that sign in or need a signed-in user work with one table of accounts: name it in the "
        "service document.",
    ),
    "BK323": Code(
        "error",
        "Table unfit for accounts",
        "Accounts have a key of one column, a unique name to sign in with, and room for the hash of a password.",
    ),
    "BK324": Code(
        "error", "Name needed by bkgen", "What bkgen adds needs a name that the schema uses for something else."
    ),
    "BK325": Code("warning", "No way to sign in", "Endpoints need an access token, but no endpoint gives one out."),
    "BK326": Code(
        "info",
        "Table added for idempotency keys",
        "That a request acts once has to be remembered: bkgen keeps keys and answers in a table of its own.",
    ),
    "BK330": Code(
        "error",
        "States that cannot be",
        "The states of a column are the values of its type; a new row is in its default, and each transition leads "
        "from some of them to another one.",
    ),
    "BK331": Code(
        "warning", "State that nothing leads to", "No row will ever be in a state that no transition reaches."
    ),
    "BK332": Code(
        "error",
        "Versions that cannot be",
        "Optimistic concurrency counts the changes of a row in the integer column `version`, and its table is not that "
        "of accounts.",
    ),
    "BK333": Code(
        "error",
        "Indexes of one name",
        "Indexes and unique rules are called after their table and columns, also those that bkgen adds for an "
        "endpoint. A database has each name once.",
    ),
    "BK334": Code(
        "hint",
        "What is otherwise on MariaDB",
        "A backend runs on SQLite, PostgreSQL and MariaDB, and `DATABASE_URL` says on which. Here MariaDB does not do "
        "what the other two do.",
    ),
}
