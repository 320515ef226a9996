"""All findings about the design of one service."""

from __future__ import annotations

from collections.abc import Iterator

from bkgen.diagnostics import Diagnostics
from bkgen.lint.access import conditions_without_index, covered_indexes, rows_found_without_index
from bkgen.lint.copies import copied_facts
from bkgen.lint.deletions import references_without_rule
from bkgen.lint.keys import implied_rules, links_without_key, names_without_key, undeclared_references
from bkgen.lint.lists import lists_in_text, repeated_columns
from bkgen.lint.rows import attribute_tables, unused_tables, wide_rows
from bkgen.lint.stores import caches, documents_in_tables, references_in_json
from bkgen.lint.values import floating_money, indexed_long_text, text_without_end, zoneless_times
from bkgen.load.documents import Documents
from bkgen.model.service import Service
from bkgen.resolve.risks.accepting import acceptances, accepted, of_design
from bkgen.resolve.risks.risk import Risk


def review_design(service: Service, documents: Documents) -> Diagnostics:
    """What is flawed about the tables that the documents declare, but for what these accept."""
    diagnostics = Diagnostics()
    accepted(_flaws(service), of_design(acceptances(documents, diagnostics)), diagnostics)
    return diagnostics


def _flaws(service: Service) -> Iterator[Risk]:
    yield from undeclared_references(service)
    yield from links_without_key(service)
    yield from names_without_key(service)
    yield from lists_in_text(service)
    yield from repeated_columns(service)
    yield from copied_facts(service)
    yield from floating_money(service)
    yield from zoneless_times(service)
    yield from references_without_rule(service)
    yield from rows_found_without_index(service)
    yield from conditions_without_index(service)
    yield from covered_indexes(service)
    yield from implied_rules(service)
    yield from text_without_end(service)
    yield from indexed_long_text(service)
    yield from wide_rows(service)
    yield from unused_tables(service)
    yield from attribute_tables(service)
    yield from documents_in_tables(service)
    yield from caches(service)
    yield from references_in_json(service)
