"""Findings about the service: BK6xx."""

from bkgen.codes.code import Code

SERVICE = {
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
    "BK650": Code(
        "error", "API keys of nobody", "API keys belong to accounts: name their table in the service document."
    ),
    "BK651": Code(
        "info",
        "Table added for API keys",
        "API keys are kept as hashes in a table of their own, with what they are called and when they were last used.",
    ),
    "BK652": Code(
        "error",
        "`apiKeys` where it says nothing",
        "API keys open endpoints that need an access token, but none of the account or of its keys themselves.",
    ),
    "BK654": Code(
        "error",
        "Guesses that nobody can make",
        "`slowGuesses` slows down guesses at passwords where people sign in: it takes an endpoint that does that.",
    ),
    "BK653": Code(
        "error",
        "API key that nobody sees",
        "A new key is shown once, in the answer of the endpoint that makes it: only its hash is kept.",
    ),
    "BK610": Code("error", "Every origin, and others", "`cors` lists origins, or `*` alone, which is any."),
    "BK620": Code(
        "error",
        "Cookies for every site",
        "Browsers send cookies for whichever site asks, so `cors` lists the origins that may use them.",
    ),
    "BK621": Code(
        "error",
        "Public keys of a secret",
        "Tokens that are signed with a secret have no public key: `algorithm` is `ES256` or `RS256` for that.",
    ),
    "BK622": Code(
        "error",
        "Two places for one cookie",
        "Browsers send the cookie with the refresh token to one endpoint: others take it from a body.",
    ),
    "BK630": Code("error", "Role that cannot be inherited", "A role inherits other declared roles, in no circle."),
    "BK631": Code(
        "error",
        "Role or permission that nobody has",
        "What is asked for is declared in `roles`, under a name that means nothing else.",
    ),
    "BK632": Code(
        "error",
        "Condition of `auth` that cannot be asked",
        "Who comes in is told by the account and the path alone, before the endpoint does anything.",
    ),
    "BK633": Code(
        "error",
        "Memberships that cannot be",
        "A table of memberships refers to an account and has its role, and to the row within which that holds.",
    ),
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
    # BK66x: signing in by providers
    "BK660": Code(
        "error",
        "Provider that cannot be",
        "A provider has a name in small letters, an issuer by https, and is asked for `openid` at least.",
    ),
    "BK661": Code(
        "error",
        "Way in by a provider that leads nowhere",
        "Signing in by a provider takes one endpoint that leads there, one that leads back, and a declared provider.",
    ),
    "BK662": Code(
        "error",
        "Account that no provider can make",
        "Who comes from a provider has an e-mail address and a name: a new account needs no more.",
    ),
    "BK663": Code(
        "info",
        "Table added for identities at providers",
        "A provider calls people by names of its own: bkgen keeps which account each of them is.",
    ),
    "BK664": Code(
        "error",
        "Redirect without cookies",
        "Where the browser is sent on to the front end, cookies bring the tokens: nothing else could.",
    ),
    "BK665": Code(
        "error",
        "Tokens that no client understands",
        "Clients of OAuth2 send the form of RFC 6749, expect its answer, and send tokens by `Bearer`.",
    ),
    # BK67x: second factors
    "BK670": Code(
        "error",
        "Second factor without all of it",
        "A second factor is begun, confirmed, asked for at login, and disabled: it takes an endpoint for each.",
    ),
    "BK671": Code(
        "info",
        "Table added for second factors",
        "Secrets of authenticators and recovery codes are kept in tables of their own, encrypted and as hashes.",
    ),
    "BK672": Code(
        "error",
        "Login that takes no code",
        "Whoever has a second factor signs in with a code beside the password: the body of the login has a place for "
        "it.",
    ),
    "BK674": Code(
        "info", "Table added for security events", "The service asks for a table of security events: bkgen adds it."
    ),
    "BK675": Code(
        "error", "Audit of nobody", "Security events are of accounts: `audit` takes an endpoint to sign in by."
    ),
    "BK673": Code(
        "error",
        "Second factor that nobody sees",
        "The secret of an authenticator and the recovery codes are shown once, in the answers that make them.",
    ),
    # BK68x: programs
    "BK680": Code(
        "error",
        "Scopes that no endpoint asks for",
        "A key with scopes opens the endpoints that ask for one of these, and nothing else.",
    ),
    "BK681": Code(
        "error",
        "`scope` where it says nothing",
        "A scope is asked of API keys: where they open an endpoint, and where the body that makes them takes scopes.",
    ),
    "BK682": Code(
        "error",
        "Scope that an account may not have",
        "Where roles stand in memberships, an endpoint that asks a key for a permission lets accounts in by it alone.",
    ),
    "BK683": Code(
        "error",
        "Client credentials without keys",
        "The credentials of a program are an API key and its id: it takes an endpoint that makes keys.",
    ),
    # BK684 to BK689: tokens of an outside issuer
    "BK684": Code(
        "error",
        "Sign-in beside an outside issuer",
        "Where access tokens come from an outside issuer, people sign in there: no endpoint does it here.",
    ),
    "BK685": Code(
        "error",
        "Setting of tokens that nobody signs here",
        "What `auth` says of passwords and of own tokens means nothing where an outside issuer signs the tokens.",
    ),
    "BK686": Code(
        "error",
        "Issuer that is no setting",
        "Which issuer is believed, and for which audience, differs between machines: settings say it, never documents.",
    ),
    "BK687": Code(
        "error",
        "Column that cannot tell whose a token is",
        "An account is found by what the issuer calls somebody: a text of its own for each row.",
    ),
    "BK688": Code(
        "error",
        "Account that no token can make",
        "Of somebody who comes for the first time no more is known than what the issuer calls them.",
    ),
    "BK689": Code(
        "error",
        "Account that says whose it is",
        "Whoever gives the own account the name of somebody who has not come yet would get what they do in it.",
    ),
    # BK69x: files
    "BK690": Code(
        "error",
        "Files without limits",
        "A column of files says which media types it takes and how many bytes: nothing else bounds what clients send.",
    ),
    "BK691": Code(
        "error", "File that rows are told apart by", "A file is no value: it is no key, not unique, and in no index."
    ),
    "BK692": Code(
        "error",
        "File where none can be sent",
        "A body with files is a form (multipart/form-data) about one row: it has no objects, lists or rows within it.",
    ),
    "BK693": Code(
        "error",
        "Answer that is no file",
        "The file of a row has a path of its own, which ends in its column, and is the whole answer there.",
    ),
}
