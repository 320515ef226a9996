"""Findings about answers that are kept, or come from a replica: BK74x."""

from bkgen.codes.code import Code

CACHES = {
    "BK740": Code("error", "Unreadable `cache`", "A cache says for how long answers are kept."),
    "BK741": Code(
        "error",
        "Endpoint whose answers cannot be kept",
        "Answers are kept of what reads rows by `GET` and says nothing else: bkgen knows the tables that they are made "
        "of, and makes them anew as soon as one of these changes.",
    ),
    "BK742": Code(
        "error",
        "Answer that changes by itself",
        "What depends on `now` changes without any row that does. Where it may be behind by as much as the answer is "
        "kept for, `late` says so.",
    ),
    "BK743": Code(
        "error",
        "Endpoint that cannot read from a replica",
        "A replica is a little behind. It serves endpoints that list or read rows, and whose answers are not kept as "
        "what is true until a row changes.",
    ),
}
