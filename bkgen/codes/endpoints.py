"""Findings about endpoints: BK4xx."""

from bkgen.codes.code import Code

ENDPOINTS = {
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
    "BK409": Code("error", "Unknown role", "A role is a value of the column that has the roles of accounts."),
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
}
