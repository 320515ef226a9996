"""Findings about security: BK9xx. Each but the last two can be accepted with a reason (`accept`)."""

from bkgen.codes.code import Code

SECURITY = {
    "BK901": Code(
        "warning",
        "Guesses without a limit",
        "Passwords and tokens are guessed by the thousand: endpoints that take one, or make accounts, have a "
        "`rateLimit`.",
    ),
    "BK902": Code(
        "warning",
        "Write open to anyone",
        "The service has accounts, and whoever is not signed in can write here. Say `auth`, or a policy.",
    ),
    "BK903": Code(
        "info",
        "Nobody signs in",
        "Without accounts, whoever reaches the backend can write. That is told once for a service.",
    ),
    "BK904": Code(
        "warning",
        "Array without an end",
        "Lists have pages; an array within a row has all that clients ever added to it, in every answer.",
    ),
    "BK905": Code(
        "warning",
        "Personal data that anyone reads",
        "What tells who somebody is, or where, is for those who need it: ask them to sign in, or let a policy of the "
        "column say who sees it.",
    ),
    "BK906": Code(
        "warning",
        "Secret in an answer",
        "A column is called like a password, a token or a key, and answers show it: make it private.",
    ),
    "BK907": Code(
        "warning",
        "Policy that lets everyone write",
        "A policy that no account can fail forbids nothing: it says whose rows may be written, or by which role.",
    ),
    "BK908": Code(
        "warning",
        "Secret in an address",
        "Paths and query strings are kept by logs, proxies and browsers: a password, token or key belongs in a body.",
    ),
    "BK909": Code(
        "warning",
        "Every web page may call",
        "Where people sign in, `cors` lists the pages that may act for them.",
    ),
    "BK910": Code(
        "warning",
        "Access token that lives long",
        "A stolen access token is good until it ends: a day at most, and a refresh token for longer.",
    ),
    "BK911": Code("warning", "Short passwords", "Passwords have 8 characters at least, as NIST SP 800-63B asks."),
    "BK912": Code(
        "warning",
        "Parameter that tells of what is not shown",
        "Whoever filters, sorts or searches by a column finds out its values one by one, shown or not.",
    ),
    "BK913": Code(
        "warning",
        "Rows of others that can be changed",
        "Rows refer to accounts, and whoever is signed in changes or deletes those of all others: say whose rows, by "
        "`where` or a policy.",
    ),
    "BK914": Code(
        "warning",
        "Tokens that outlive the password",
        "Who changes a password means to lock out whoever knows the old one, and has a token by it.",
    ),
    "BK915": Code(
        "warning",
        "Common passwords allowed",
        "Whoever tries the most common passwords gets in wherever one of them is in use.",
    ),
    "BK916": Code(
        "warning",
        "Unique value that tells of hidden rows",
        "No two rows share a unique value, so whoever sends one that is taken learns that a row has it, though no "
        "policy shows it: values that are unique within what rows belong to tell nobody else.",
    ),
    "BK990": Code(
        "warning",
        "Accepted, and not found",
        "`accept` gives the reason for a finding that is there; one that has gone needs none, and would hide the next.",
    ),
    "BK991": Code(
        "error",
        "Finding that cannot be accepted",
        "Only risks can be accepted: warnings and infos about security, and about the design of tables.",
    ),
}
