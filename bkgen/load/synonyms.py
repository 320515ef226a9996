"""The canonical keys of every object, and the other spellings that are understood.

This table is the one place that knows them. Case, `_` and `-` never matter in a key (`rate_limit`, `RateLimit` and
`rate-limit` are `rateLimit`), so such spellings are not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from bkgen.diagnostics import Diagnostics
from bkgen.load import columns, keyed, spellings
from bkgen.model.errors import CAUSES, OF_INPUT
from bkgen.model.mails import MailKind
from bkgen.source import Map, Node


@dataclass(frozen=True, slots=True)
class Key:
    """A canonical key.

    Attributes:
        also: other keys for the same thing.
        opposite: keys for the opposite of it, which is true or false.
        value: rewrites its value.
        shape: of its value, where that is an object with keys of the language.
        items: the shape of each item, where its value is an array.
        named: the shape of each value, where its value is an object whose keys are names.
        interim: not canonical itself, but turned into other keys when the object is finished.
    """

    also: tuple[str, ...] = ()
    opposite: tuple[str, ...] = ()
    value: Callable[[Node, Diagnostics], Node] | None = None
    shape: Shape | None = None
    items: Shape | None = None
    named: Shape | None = None
    interim: bool = False


@dataclass(frozen=True)
class Shape:
    """An object with keys of the language.

    Attributes:
        planned: keys of the language that this version does not support.
        without_effect: keys that are understood and dropped, with a warning that gives the reason.
        instead: keys that other tools have for what is said elsewhere, with how to say it.
        finish: rewrites what concerns several keys at once; the keys are canonical by then.
    """

    keys: Mapping[str, Key]
    planned: tuple[str, ...] = ()
    without_effect: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    finish: Callable[[Map, Diagnostics], Map] | None = None

    @cached_property
    def spelled(self) -> dict[str, str]:
        """Every spelling, folded, with its canonical key."""
        found = {fold(word): name for name, key in self.keys.items() for word in (*key.also, *key.opposite)}
        return found | {fold(name): name for name in self.keys}

    def key_of(self, word: str) -> str | None:
        """The canonical key that a word is a spelling of."""
        return self.spelled.get(fold(word))

    @cached_property
    def later(self) -> frozenset[str]:
        return frozenset(map(fold, self.planned))

    @cached_property
    def dropped(self) -> dict[str, str]:
        return {fold(key): reason for key, reason in self.without_effect.items()}

    @cached_property
    def elsewhere(self) -> dict[str, str]:
        return {fold(key): advice for key, advice in self.instead.items()}

    @cached_property
    def opposites(self) -> frozenset[str]:
        return frozenset(fold(word) for key in self.keys.values() for word in key.opposite)


def fold(key: str) -> str:
    """What is left of a key when the differences that do not matter are gone."""
    return key.replace("_", "").replace("-", "").replace(" ", "").casefold()


_NAMED_BY_CONVENTION = "constraints and indexes get their names by convention"
_WAS = Key(also=("renamedFrom", "oldName", "formerName", "previousName"))
_DESCRIPTION = Key(also=("comment", "documentation"))

REFERENCE = Shape(
    {
        "table": Key(also=("references", "model", "entity")),
        "column": Key(also=("field", "key")),
        "onDelete": Key(also=("delete",), value=spellings.on_delete),
        "as": Key(),
        "inverse": Key(also=("backref", "relatedName", "inversedBy")),
    },
    planned=("onUpdate",),
    without_effect={"name": _NAMED_BY_CONVENTION},
)

TRANSITION = Shape(
    {
        "name": Key(also=("transition", "event", "action")),
        "from": Key(also=("source", "sources")),
        "to": Key(also=("target",)),
        "by": Key(also=("if", "when", "guard")),
        "set": Key(),
    }
)

COLUMN = Shape(
    {
        "name": Key(also=("column", "columnName", "field")),
        "was": _WAS,
        "type": Key(also=("dataType", "columnType")),
        "primary": Key(also=("primaryKey", "pk", "isPrimary", "isPrimaryKey")),
        "unique": Key(also=("isUnique", "uniq")),
        "nullable": Key(
            also=("isNullable", "allowNull", "null", "optional"), opposite=("required", "notNull", "notNullable")
        ),
        "default": Key(also=("defaultValue",), value=spellings.default),
        "references": Key(also=("foreignKey", "fk", "ref", "reference"), value=spellings.references, shape=REFERENCE),
        "onDelete": Key(value=spellings.on_delete),
        "as": Key(),
        "inverse": Key(also=("backref", "relatedName", "inversedBy")),
        "index": Key(also=("indexed", "isIndexed")),
        "enum": Key(also=("values", "enumValues", "allowedValues", "choices")),
        "states": Key(also=("transitions", "stateMachine", "workflow"), items=TRANSITION),
        "private": Key(also=("hidden", "secret", "sensitive", "writeOnly")),
        "readOnly": Key(),
        "emptyIsNull": Key(also=("blankIsNull", "emptyToNull", "nullIfEmpty")),
        "sanitize": Key(also=("sanitise",)),
        "trim": Key(also=("strip",)),
        "normalize": Key(also=("normalise", "normalForm")),
        "hosts": Key(),
        "mediaTypes": Key(also=("contentTypes", "mimeTypes", "allowedTypes"), value=spellings.one_or_more),
        "maxBytes": Key(also=("maxSize", "maxFileSize", "sizeLimit")),
        "minItems": Key(),
        "maxItems": Key(),
        "length": Key(also=("maxLength", "size"), interim=True),
        "precision": Key(interim=True),
        "scale": Key(interim=True),
        **dict.fromkeys(columns.CONSTRAINTS, Key(interim=True)),
        "autoIncrement": Key(also=("autoincrementing", "identity", "serial"), interim=True),
        "description": _DESCRIPTION,
        "accept": Key(),
    },
    planned=("check", "onUpdate"),
    finish=columns.finish,
)

INDEX = Shape(
    {
        "columns": Key(also=("column", "fields", "field", "on"), value=spellings.one_or_more),
        "unique": Key(also=("isUnique",)),
    },
    planned=("where",),
    without_effect={"name": _NAMED_BY_CONVENTION},
)

JOINT_REFERENCE = Shape(
    {
        "columns": Key(
            also=("column", "fields", "field", "from", "localColumns", "sourceColumns"), value=spellings.one_or_more
        ),
        "table": Key(also=("referencedTable", "foreignTable", "targetTable", "model", "entity")),
        "to": Key(
            also=("referencedColumns", "foreignColumns", "targetColumns", "toColumns", "referencedColumn", "key"),
            value=spellings.one_or_more,
        ),
        "onDelete": Key(also=("delete",), value=spellings.on_delete),
        "as": Key(),
        "inverse": Key(also=("backref", "relatedName", "inversedBy")),
    },
    planned=("onUpdate",),
    without_effect={"name": _NAMED_BY_CONVENTION},
)

POLICIES = Shape(
    {
        "read": Key(also=("select", "view")),
        "create": Key(also=("insert",)),
        "update": Key(also=("write", "edit")),
        "delete": Key(also=("remove",)),
        "visible": Key(also=("readFields", "visibleFields", "visibleColumns", "readable")),
        "writable": Key(also=("writeFields", "writableFields", "writableColumns", "editable")),
    }
)

TABLE = Shape(
    {
        "name": Key(also=("table", "tableName")),
        "was": _WAS,
        "columns": Key(
            also=("fields",),
            value=partial(keyed.short_columns, spelled=COLUMN.key_of, keys=tuple(COLUMN.keys)),
            items=COLUMN,
        ),
        "primaryKey": Key(also=("pk", "primary", "compositeKey"), value=spellings.one_or_more),
        "unique": Key(also=("uniqueConstraints", "uniques", "uniqueTogether"), value=spellings.unique_rules),
        "indexes": Key(also=("indices", "index"), value=spellings.indexes, items=INDEX),
        "references": Key(
            also=("foreignKeys", "foreignKey", "fks"), value=spellings.joint_references, items=JOINT_REFERENCE
        ),
        "policies": Key(also=("permissions", "access"), shape=POLICIES),
        "set": Key(also=("presets",)),
        "concurrency": Key(also=("locking", "concurrencyControl")),
        "description": _DESCRIPTION,
        "accept": Key(),
    },
    planned=("checks",),
    instead={
        "constraints": 'write "references" and "unique" at each column, and "unique", "primaryKey" and "references" of '
        "several here",
    },
)

FIELD_INDEX = Shape(
    {
        "fields": Key(also=("columns", "column", "field", "paths", "path", "keys", "on"), value=spellings.one_or_more),
        "unique": Key(also=("isUnique",)),
    },
    planned=("where",),
    without_effect={"name": _NAMED_BY_CONVENTION},
)

COLLECTION = Shape(
    {
        "name": Key(also=("collection", "collectionName")),
        "was": _WAS,
        "schema": Key(also=("jsonSchema", "validator")),
        "indexes": Key(also=("indices", "index"), value=partial(spellings.indexes, key="fields"), items=FIELD_INDEX),
        "policies": Key(also=("permissions", "access"), shape=POLICIES),
        "set": Key(also=("presets",)),
        "concurrency": Key(also=("locking", "concurrencyControl")),
        "description": _DESCRIPTION,
        "accept": Key(),
    },
)

RATE_LIMIT = Shape(
    {
        "requests": Key(also=("limit", "max", "maxRequests", "count")),
        "window": Key(also=("period", "interval", "duration")),
        "per": Key(also=("by", "key", "scope")),
    }
)

CACHE = Shape({"for": Key(also=("ttl", "seconds", "maxAge", "lifetime")), "late": Key()})

INNER_STEP = Shape(
    {
        "load": Key(also=("find", "read", "select")),
        "require": Key(also=("assert", "check")),
        "insert": Key(also=("create",)),
        "update": Key(also=("change",)),
        "delete": Key(also=("remove",)),
        "set": Key(),
        "values": Key(),
        "onConflict": Key(),
        "where": Key(),
        "first": Key(also=("orderBy", "sort"), value=spellings.one_or_more),
        "transition": Key(),
        "as": Key(),
        "policies": Key(),
        "else": Key(),
    },
    planned=("emit", "call", "return"),
)

STEP = Shape(
    {**INNER_STEP.keys, "each": Key(also=("forEach",)), "do": Key(also=("steps",), items=INNER_STEP)},
    planned=INNER_STEP.planned,
)

ENDPOINT = Shape(
    {
        "method": Key(also=("verb", "httpMethod"), value=spellings.method),
        "path": Key(also=("url", "route", "uri"), value=spellings.path),
        "summary": Key(also=("title", "name")),
        "description": _DESCRIPTION,
        "auth": Key(
            also=(
                "authentication",
                "authenticated",
                "requiresAuth",
                "authRequired",
                "requiresAuthentication",
                "protected",
            ),
            opposite=("public",),
            value=spellings.auth,
        ),
        "roles": Key(also=("role", "requiredRole", "requiredRoles", "allowedRoles"), interim=True),
        "query": Key(also=("queryParams", "queryParameters")),
        "requestBody": Key(also=("request", "body", "requestSchema"), value=spellings.request_body),
        "response": Key(also=("responses",), value=spellings.response),
        "rateLimit": Key(also=("rateLimiting", "throttle"), shape=RATE_LIMIT),
        "cache": Key(also=("caching", "cached"), shape=CACHE),
        "replica": Key(also=("readReplica", "fromReplica")),
        "operation": Key(also=("action",), value=spellings.operation),
        "table": Key(also=("resource",)),
        "where": Key(also=("condition",)),
        "sort": Key(also=("order", "orderBy", "sortBy"), value=spellings.one_or_more),
        "do": Key(also=("steps",), items=STEP),
        "handler": Key(),
        "headers": Key(also=("requestHeaders",)),
        "idempotent": Key(also=("isIdempotent", "idempotency")),
        "apiKeys": Key(also=("apiKey", "acceptsApiKeys")),
        "scope": Key(also=("scopes", "requiredScope", "requiredScopes")),
        "deprecated": Key(also=("isDeprecated",)),
        "accept": Key(),
    },
    planned=("emits", "version", "sunset", "budget"),
    without_effect={
        **dict.fromkeys(("id", "operationId"), "functions are called by what the endpoint does"),
        "tags": "the documentation lists endpoints by their tables",
        **dict.fromkeys(
            ("pathParams", "pathParameters"), "what a parameter may be is told by the column it selects by"
        ),
    },
    finish=spellings.roles_into_auth,
)

_MAIL = Shape({"subject": Key(also=("title",)), "text": Key(also=("body",))})

ROLE = Shape(
    {
        "inherits": Key(also=("inherit", "extends", "includes"), value=spellings.one_or_more),
        "permissions": Key(also=("permission", "can", "allows", "grants"), value=spellings.one_or_more),
    }
)

_PROVIDER = Shape(
    {"issuer": Key(also=("iss", "url", "issuerUrl")), "scopes": Key(also=("scope",), value=spellings.one_or_more)}
)

SERVICE = Shape(
    {
        "name": Key(also=("title",)),
        "version": Key(),
        "description": _DESCRIPTION,
        "auth": Key(
            also=("authentication", "accounts"),
            shape=Shape(
                {
                    "table": Key(also=("userTable", "users")),
                    "identity": Key(also=("identifier", "login", "usernameField")),
                    "scheme": Key(also=("headerScheme",)),
                    "accessTokenMinutes": Key(also=("accessTokenExpireMinutes", "tokenMinutes")),
                    "refreshTokenDays": Key(also=("refreshTokenExpireDays",)),
                    "passwordMinLength": Key(also=("minPasswordLength",)),
                    "slowGuesses": Key(also=("throttleGuesses", "bruteForceProtection")),
                    "algorithm": Key(also=("alg", "jwtAlgorithm", "signingAlgorithm")),
                    "issuer": Key(also=("iss",)),
                    "audience": Key(also=("aud",)),
                    "cookies": Key(also=("cookie", "useCookies")),
                    "tokensOutlivePassword": Key(),
                    "commonPasswords": Key(),
                    "oauth2": Key(also=("oauth", "oidc", "openIdConnect"), named=_PROVIDER),
                    "tokensFrom": Key(
                        also=("resourceServer", "outsideIssuer"),
                        shape=Shape(
                            {
                                "issuer": Key(also=("iss",)),
                                "audience": Key(also=("aud",)),
                                "subject": Key(also=("sub", "subjectColumn")),
                                "newAccounts": Key(also=("makesAccounts", "createAccounts")),
                            }
                        ),
                    ),
                    "required": Key(also=("default",)),
                    "role": Key(also=("roleColumn", "roleField")),
                    "verification": Key(also=("emailVerification",)),
                    "verificationMinutes": Key(also=("verificationTokenMinutes",)),
                    "passwordResetMinutes": Key(also=("resetTokenMinutes",)),
                    "memberships": Key(
                        also=("membership", "roleTable"),
                        shape=Shape(
                            {
                                "table": Key(),
                                "account": Key(also=("user", "accountColumn")),
                                "role": Key(also=("roleColumn",)),
                                "within": Key(also=("in", "per")),
                            }
                        ),
                    ),
                }
            ),
        ),
        "errors": Key(
            also=("error",),
            shape=Shape(
                {
                    "body": Key(also=("shape", "format")),
                    "messages": Key(also=("texts",), shape=Shape(dict.fromkeys(CAUSES, Key()))),
                    "fields": Key(shape=Shape({cause: Key() for cause in CAUSES if cause not in OF_INPUT})),
                    "resources": Key(),
                }
            ),
        ),
        "mail": Key(
            also=("mails", "email"),
            shape=Shape(
                {
                    "links": Key(shape=Shape({"verifyEmail": Key(), "resetPassword": Key()})),
                    "texts": Key(
                        also=("templates",),
                        shape=Shape({kind: Key(shape=_MAIL) for kind in MailKind}),
                    ),
                }
            ),
        ),
        "audit": Key(also=("auditLog", "auditTrail"), shape=Shape({"table": Key()})),
        "limits": Key(
            shape=Shape(
                {
                    "bodyBytes": Key(also=("maxBodyBytes", "maxBodySize")),
                    "rate": Key(also=("rateLimit", "throttle"), shape=RATE_LIMIT),
                    "whenRedisFails": Key(also=("redisFailure", "failure")),
                }
            )
        ),
        "cors": Key(also=("corsOrigins", "allowedOrigins"), value=spellings.one_or_more),
        "roles": Key(value=spellings.one_or_more, named=ROLE),
        "accept": Key(),
    },
    planned=("dependencies",),
)

VIEW = Shape(
    {
        "name": Key(),
        "from": Key(also=("table", "of", "source")),
        "where": Key(also=("condition", "filter")),
        "groupBy": Key(also=("group", "groups", "grouping")),
        "fields": Key(also=("columns", "properties", "shape")),
        "sort": Key(also=("order", "orderBy", "sortBy"), value=spellings.one_or_more),
        "description": _DESCRIPTION,
        "accept": Key(),
    }
)

DOCUMENT = Shape(
    {
        "endpoints": Key(also=("apiEndpoints", "apis", "routes"), value=keyed.endpoints, items=ENDPOINT),
        "tables": Key(value=partial(keyed.named_tables, spelled=TABLE.key_of), items=TABLE),
        "collections": Key(value=partial(keyed.named, short="schema"), items=COLLECTION),
        "views": Key(value=partial(keyed.named, short="from"), items=VIEW),
        "service": Key(shape=SERVICE),
    },
    planned=("system",),
)
