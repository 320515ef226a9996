"""The notes endpoints in the usual style: FastAPI with sessions and models of SQLAlchemy's ORM."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, String, Uuid, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=20, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, default=uuid4)
    author_id: Mapped[UUID] = mapped_column(Uuid())
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str]
    pinned: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class NoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    author_id: UUID
    title: str
    body: str
    pinned: bool
    created_at: datetime


class NoteIn(BaseModel):
    author_id: UUID
    title: str = Field(max_length=120)
    body: str
    pinned: bool = False


class NoteChange(BaseModel):
    title: str | None = Field(default=None, max_length=120)


class NotePage(BaseModel):
    notes: Sequence[NoteOut]


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


@app.get("/notes/{id}", response_model=NoteOut)
async def read_note(id: UUID, session: Session) -> Note:
    note = await session.get(Note, id)
    if note is None:
        raise HTTPException(404)
    return note


@app.get("/notes", response_model=NotePage)
async def list_notes(
    session: Session,
    pinned: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Sequence[Note]]:
    statement = select(Note).order_by(Note.created_at, Note.id).limit(limit).offset(offset)
    if pinned is not None:
        statement = statement.where(Note.pinned == pinned)
    return {"notes": (await session.scalars(statement)).all()}


@app.post("/notes", response_model=NoteOut, status_code=201)
async def create_note(body: NoteIn, session: Session) -> Note:
    note = Note(**body.model_dump())
    session.add(note)
    await session.commit()
    return note


@app.patch("/notes/{id}", response_model=NoteOut)
async def update_note(id: UUID, body: NoteChange, session: Session) -> Note:
    note = await session.get(Note, id)
    if note is None:
        raise HTTPException(404)
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(note, name, value)
    await session.commit()
    return note
