"""The codes of all diagnostics, with severity and the text of the reference.

BK1xx reading · BK2xx structure and spelling · BK3xx tables · BK4xx endpoints · BK5xx types and bodies ·
BK6xx service · BK7xx writing · BK8xx expressions.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Attributes:
        severity: `error`, `warning`, `info` or `hint`.
        title: what it is, in a few words; the heading in the reference and the rule's name in SARIF.
        help: one or two sentences: why it is a finding and what to do.
    """

    severity: str
    title: str
    help: str


CODES: dict[str, Code] = {
    # BK1xx: reading
    "BK101": Code("error", "No such path", "A path on the command line names no file and no folder."),
    "BK102": Code("error", "Unreadable", "A file or folder cannot be read: check its permissions and what it is."),
    "BK103": Code("error", "No document by its ending", "Documents end in `.json`, `.yaml` or `.yml`."),
    "BK104": Code(
        "error", "Folder without documents", "A folder holds no `.json`, `.yaml` or `.yml` file at any depth."
    ),
    "BK105": Code(
        "error", "Symbolic link in a circle", "A link leads back to a folder that it stands in: remove the link."
    ),
    "BK106": Code(
        "error", "Document too large", "A document may have 5 MB: split it into several files of one folder."
    ),
    "BK107": Code(
        "error",
        "File name that cannot be shown",
        "Names of documents appear in messages and generated files: they are UTF-8 without control characters.",
    ),
    "BK108": Code("error", "Not UTF-8", "Documents are encoded in UTF-8: save the file as UTF-8."),
    "BK109": Code("error", "Byte order mark", "Documents begin with their text: save the file as UTF-8 without BOM."),
    "BK110": Code("error", "Empty document", "A document without content says nothing: fill it or remove the file."),
    "BK111": Code("error", "Invalid JSON", "The text is no JSON as RFC 8259 defines it."),
    "BK112": Code("error", "Comment in JSON", "JSON has no comments: remove it, or write the document in YAML."),
    "BK113": Code("error", "Trailing comma", "JSON has no comma behind the last value: remove it."),
    "BK114": Code(
        "error", "No JSON value", 'JSON knows `true`, `false`, `null`, finite decimal numbers and `"strings"`.'
    ),
    "BK115": Code(
        "error",
        "Invalid string",
        "A string holds an escape, a control character or half a surrogate pair that no text may hold.",
    ),
    "BK116": Code("error", "Number out of range", "Integers have 64 bits and other numbers are finite doubles."),
    "BK117": Code("error", "Nested too deeply", "A document may be nested 64 levels deep."),
    "BK118": Code("error", "Duplicate key", "An object has each key once: the second value would hide the first."),
    "BK119": Code("error", "Invalid YAML", "The text is no YAML."),
    "BK120": Code(
        "error", "YAML anchor or alias", "Documents say everything in full: write the value where it is used."
    ),
    "BK121": Code("error", "YAML tag", "Types are told by what is written, not by tags: remove the tag."),
    "BK122": Code("error", "YAML merge key", "Documents say everything in full: write the keys where they are used."),
    "BK123": Code("error", "Several YAML documents in one file", "A file holds one document: split it at `---`."),
    "BK124": Code(
        "error", "YAML key that is no string", "Keys are strings or whole numbers (statuses): quote the key."
    ),
    "BK125": Code(
        "info",
        "More findings",
        "Of each severity, 200 findings of a document are told: mend these first. All of them are counted.",
    ),
    # BK2xx: structure and spelling
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
    # BK3xx: tables
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
    "BK330": Code(
        "error",
        "States that cannot be",
        "The states of a column are the values of its type; a new row is in its default, and each transition leads "
        "from some of them to another one.",
    ),
    "BK331": Code(
        "warning", "State that nothing leads to", "No row will ever be in a state that no transition reaches."
    ),
    # BK4xx: endpoints
    "BK401": Code(
        "error",
        "Path that cannot be served",
        "A path begins with a slash; each part is a word or a whole `{parameter}`.",
    ),
    "BK402": Code(
        "error",
        "Endpoint declared twice",
        "A method and path belong to one endpoint; names of parameters make no difference.",
    ),
    "BK403": Code(
        "error",
        "Endpoint whose behaviour cannot be told",
        "Every endpoint does something real: bkgen finds out from method and path, or the contract says it "
        "with `operation` and `table`, or step by step with `do`.",
    ),
    "BK405": Code("error", "Unknown table in an endpoint", "An endpoint names a table that no document declares."),
    "BK406": Code("error", "Operation that does not fit", "The method or path cannot be those of the operation."),
    "BK407": Code(
        "error", "Path parameter that selects nothing", "Every path parameter selects rows by a key or unique column."
    ),
    "BK408": Code(
        "error", "Unrelated tables in a path", "A path nests tables that one reference, or one table of links, relates."
    ),
    "BK409": Code("error", "Unknown role", "A role is a value of the column of the accounts that has their roles."),
    "BK410": Code("error", "Impossible `auth`", "Whether an endpoint is open to anyone contradicts what it does."),
    "BK411": Code("error", "Unreadable rate limit", "A rate limit says how many requests in what time, and per what."),
    "BK412": Code(
        "error", "Limit per user on an open endpoint", "Requests can be counted per user only where the user is known."
    ),
    "BK414": Code(
        "error",
        "Status that nothing can produce",
        "Every declared status is reachable: the message says what it would take.",
    ),
    "BK415": Code(
        "hint",
        "Statuses added",
        "The endpoint can answer with statuses that the contract leaves out; the OpenAPI document has them.",
    ),
    "BK416": Code(
        "error",
        "Invisible character",
        "Texts hold what can be printed: no control characters and no marks that change the direction of writing.",
    ),
    "BK417": Code(
        "error", "Unknown query parameter", "A query parameter filters a list by a column, or chooses a page."
    ),
    "BK418": Code(
        "error",
        "Endpoint hidden by another",
        "Two endpoints match the same requests, and no order of the routers serves both.",
    ),
    "BK419": Code(
        "warning",
        "Accounts that others can change",
        "A row of the accounts is changed by its key in the path, and no policy of the table says who may: everyone "
        "who reaches the endpoint can change all accounts.",
    ),
    "BK420": Code("error", "Condition on no rows", "`where` is for operations on rows that are there."),
    "BK421": Code("error", "Denied to everyone", "A table with policies allows what they allow, and nothing else."),
    "BK422": Code("warning", "Role that clients choose", "Who can write the role of an account can have every role."),
    "BK423": Code(
        "warning",
        "Rows of others deleted at once",
        "A collection is deleted whole, and neither `where` nor a policy says whose rows may go.",
    ),
    "BK424": Code(
        "error",
        "Policy of a column that cannot be",
        "`visible` and `writable` name columns that clients otherwise see, or write.",
    ),
    "BK425": Code(
        "error",
        "Column that not everyone sees",
        "What finds, orders or groups rows by a column tells of its values, and a policy hides some of them.",
    ),
    "BK430": Code("error", "Search in what is no text", "Words are searched for in columns that hold texts."),
    "BK431": Code(
        "error",
        "Condition without its parameter",
        "A query parameter does nothing but what its condition says of it: the condition compares it with the row.",
    ),
    "BK432": Code(
        "error",
        "Cursor that cannot be used",
        "A list with a cursor gives the next one in its response, which holds the values that its rows are ordered by.",
    ),
    "BK440": Code(
        "error",
        "Step that cannot be",
        "A step of an action has one verb, what that verb needs, and nothing else.",
    ),
    "BK441": Code(
        "error",
        "One row of several",
        "A row that has a name is the only one of its kind: a key or unique rule says which it is.",
    ),
    "BK442": Code("error", "Unknown column in a step", "Steps write columns of their table."),
    "BK443": Code(
        "error", "Name that is not free", "What steps call their rows and values is a word that nothing else has."
    ),
    "BK444": Code(
        "error",
        "Loop without an end",
        "`each` goes through an array of the body, or the rows that a relation of a loaded row leads to.",
    ),
    "BK445": Code(
        "error",
        "Impossible `else`",
        "A step that cannot be done answers with 400, 403, 404, 409 or 422; and where nothing can fail, there is no "
        "`else`.",
    ),
    "BK446": Code(
        "error",
        "Conflict that is not clear",
        "`onConflict` is about one key or unique rule, all of whose columns the insert writes.",
    ),
    "BK447": Code(
        "error",
        "Step that policies do not allow",
        "Steps keep the `policies` and `set` of their tables, or say that they do not.",
    ),
    "BK448": Code(
        "error",
        "State that a step cannot set",
        "A step sets a state to the constant that one of its transitions leads to, from where that leads.",
    ),
    "BK470": Code(
        "error",
        "Handler that cannot be",
        "`handler` names one function of one file in `app/handlers/`, which does all that the endpoint does.",
    ),
    "BK471": Code(
        "error",
        "Endpoint that takes no idempotency key",
        "Keys are for what changes rows: operations on tables, actions and handlers, by POST, PUT, PATCH or DELETE.",
    ),
    "BK472": Code("error", "Header that is not read", "Of headers, an endpoint can declare `Idempotency-Key` alone."),
    # BK5xx: types and bodies
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
    "BK520": Code("error", "View declared twice", "Every view has a name of its own."),
    "BK521": Code("error", "Order by something else", "Rows are ordered by columns of their table."),
    "BK522": Code("error", "View of another table", "A view shows rows of its own table only, and that exists."),
    "BK523": Code(
        "error",
        "Relation that is not clear",
        "Several references could be meant; names of their own (`as`, `inverse`) tell them apart.",
    ),
    "BK524": Code("error", "View within itself", "A view that shows itself, however deep, has no end."),
    "BK527": Code(
        "error",
        "Rows that cannot be written with another",
        "A field of a body links a row with others, or brings the rows below it, by a relation that its table has.",
    ),
    "BK526": Code("error", "Computed field without one value", "An expression in a response gives values."),
    "BK525": Code("error", "One row or many", "Many rows are an array, one row is none."),
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
    # BK6xx: service
    "BK601": Code(
        "error",
        "Error body without meaning",
        "An error body has `{message}`, and of placeholders only those of the reference; so have its texts.",
    ),
    "BK602": Code("error", "Body limit too small", "Request bodies may have at least 1,024 bytes."),
    "BK603": Code(
        "error", "Name or version of the service", "The service's name is a short text, its version a number."
    ),
    "BK604": Code("error", "No origin", "`cors` lists origins: scheme, host and port."),
    "BK605": Code("error", "Nothing to generate", "The documents describe no endpoint and no table."),
    "BK606": Code(
        "error",
        "Key of an error body that cannot be",
        "A key that is filled with the name of a field stands alone in its object, and once.",
    ),
    "BK607": Code("error", "Unknown table in `resources`", "`resources` says what the rows of a table are called."),
    # BK64x: mails and passwords
    "BK640": Code(
        "error",
        "Rule that makes passwords worse",
        "New passwords have at least 8 characters, better 15, may have 64 and any characters: NIST SP 800-63B.",
    ),
    "BK641": Code(
        "error", "No address for mails", "Mails go to an e-mail address that every account has, and no two share."
    ),
    "BK642": Code(
        "error",
        "Mail that leads nowhere",
        "What mails a token needs an endpoint that takes it, and what takes one needs a mail that brings it.",
    ),
    "BK643": Code(
        "info",
        "Table added for mailed tokens",
        "A token that goes out by mail works once: bkgen keeps the hashes of those in a table of its own.",
    ),
    "BK644": Code(
        "info",
        "Column added for verified addresses",
        "That an address was verified has to be remembered; where the schema has no place for it, bkgen adds one.",
    ),
    "BK645": Code(
        "error",
        "Mail that nobody could use",
        "The texts of mails have the placeholders of the reference, and their links one `{token}`.",
    ),
    "BK646": Code(
        "error",
        "Signed in without a verified address",
        "Where nobody signs in before the address is verified, registering gives no access token.",
    ),
    # BK7xx: writing
    "BK701": Code(
        "error",
        "Path that cannot be written",
        "Output stays in its folder and works on every system: no path leads out of it, has a name that some system "
        "forbids, or differs from another one only in case.",
    ),
    "BK702": Code(
        "error", "Folder not writable", "The output folder cannot be written: the message says what is in the way."
    ),
    "BK703": Code(
        "error", "Folder in use", "Another bkgen is writing to the folder: two at once would mix their files."
    ),
    "BK704": Code(
        "error",
        "Damaged manifest",
        "`.bkgen/manifest.json` tells which files are bkgen's own. Where it was edited or merged, no file is "
        "overwritten unless `--force` says so; what it replaces is kept as `name.orig`.",
    ),
    "BK705": Code(
        "error",
        "Files in the way",
        "The output folder has files that bkgen did not write where it would write its own. Choose another folder; "
        "with `--force` they are replaced and kept as `name.orig`.",
    ),
    "BK710": Code(
        "error",
        "Handler that is not there",
        "The function that `handler` names has to be in the output folder before anything is generated: it is the "
        "developer's to write. The message has its imports and its first line.",
    ),
    "BK711": Code(
        "error",
        "Handler with other types",
        "A handler takes and gives exactly what the contract says: the message tells what is different, and how it has "
        "to begin.",
    ),
    # BK8xx: expressions
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
