"""Connections to the database whose statements on collections go to MongoDB."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)
from sqlalchemy import Connection, Engine, Select, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.util import await_only

from app.conflicts import taken_by
from app.engines import is_committed_each
from app.errors import TooLarge
from app.mongodb.conditions import Conditions, NotInMongodbError
from app.mongodb.paths import COLLECTIONS, collections_in
from app.mongodb.statements import Operations

# Codes of MongoDB.
WRITE_CONFLICT = 112
OUT_OF_DISK = 14031
TOO_LARGE = (10334, 17419)  # a document, and one that a change would make


class MongodbError(Exception):
    """A failure of MongoDB, with what PostgreSQL would say."""

    def __init__(self, message: str, sqlstate: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class DocumentConnection(Connection):
    """A connection to the database, whose statements on collections go to MongoDB.

    There they are one transaction, which is committed just before that of the database, unless each
    of them is one of its own. `begin` begins one.
    """

    def __init__(
        self,
        engine: Engine,
        begin: Callable[[], AsyncClientSession],
        documents: AsyncDatabase[dict[str, Any]],
    ) -> None:
        super().__init__(engine)
        self._begin_documents = begin
        self._documents = documents
        self._session: AsyncClientSession | None = None

    def execute(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        """What MongoDB answers to a statement on a collection, or the database to any other one."""
        named = collections_in(statement) if isinstance(statement, ClauseElement) else set()
        if not named:
            return super().execute(statement, parameters, **options)
        table = _written(statement) if len(named) == 1 else None
        if isinstance(statement, Select):
            tables = statement.get_final_froms()
            table = tables[0] if len(tables) == 1 and isinstance(tables[0], Table) else None
        if table is None or table.name not in COLLECTIONS or not _is_one(parameters):
            raise NotInMongodbError(f"a statement on {', '.join(sorted(named))} and more")
        given: Mapping[str, Any] = parameters or {}
        if isinstance(parameters, list):
            (given,) = parameters
        operations = Operations(
            table,
            self._documents[table.name],
            self._of_transaction(),
            Conditions(given, lambda asked: self._ask(asked, given)),
            given,
            lambda answer: waited(answer, table),
        )
        return operations.result(statement)

    def scalar(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        return self.execute(statement, parameters, **options).scalar()

    def scalars(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        return self.execute(statement, parameters, **options).scalars()

    def _ask(
        self, statement: Select[Any], parameters: Mapping[str, Any]
    ) -> Sequence[Sequence[Any]]:
        return super().execute(statement, parameters).all()

    def _of_transaction(self) -> AsyncClientSession | None:
        """The session of the transaction, which begins with the first operation."""
        if is_committed_each(self):
            return None
        if self._session is None:
            self._session = self._begin_documents()
        return self._session

    def finish(self, commit: bool) -> None:
        """Commit what was done in MongoDB, or take it back."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            if commit:
                waited(session.commit_transaction())
            else:
                waited(session.abort_transaction())
        finally:
            await_only(session.end_session())


def waited(answer: Coroutine[Any, Any, Any], table: Table | None = None) -> Any:
    """What MongoDB answers, to an operation on `table`.

    Raises:
        Conflict: a unique rule forbids the change.
        TooLarge: a document has more than 16 MiB.
        DBAPIError: it fails; nothing that people wrote is told of why.
    """
    try:
        return await_only(answer)
    except DocumentTooLarge:
        raise TooLarge from None
    except DuplicateKeyError as error:
        if table is None:
            raise
        raise taken_by(table, broken_index(error)) from None
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and error.code in TOO_LARGE:
            raise TooLarge from None
        failure = MongodbError(_told(error), _sqlstate(error))
        raise DBAPIError("an operation of MongoDB", None, failure) from None


def broken_index(error: DuplicateKeyError) -> str:
    """The index that an error is about: its message tells it behind that word."""
    message = str((error.details or {}).get("errmsg"))
    return message.partition(" index: ")[2].partition(" ")[0]


def _sqlstate(error: PyMongoError) -> str:
    if isinstance(error, ConnectionFailure | WaitQueueTimeoutError) or error.timeout:
        return "08006"
    if isinstance(error, OperationFailure):
        if error.code == WRITE_CONFLICT or error.has_error_label("TransientTransactionError"):
            return "40001"
        if error.code == OUT_OF_DISK:
            return "53100"
    return "42000"


def _told(error: PyMongoError) -> str:
    if isinstance(error, OperationFailure):  # its message may have values of documents
        name = (error.details or {}).get("codeName", "")
        return f"{type(error).__name__} {error.code} {name}".rstrip()
    return f"{type(error).__name__}: {error}"


def _written(statement: object) -> Table | None:
    table = statement.table if isinstance(statement, Delete | Insert | Update) else None
    return table if isinstance(table, Table) else None


def _is_one(parameters: object) -> bool:
    """Whether parameters are those of one execution."""
    return not isinstance(parameters, list | tuple) or len(parameters) == 1
