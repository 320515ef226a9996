"""Texts as people write them, by what a column is called."""

import re
from collections.abc import Callable
from functools import cache

from mimesis import Generic
from mimesis.locales import Locale

MANY = 400  # texts of a kind: rows have the same ones again and again

# What a `name` is, by what the rows of its table are.
OWNERS = {
    "company": "business club company customer firm organisation organization supplier team tenant vendor",
    "full_name": "account author client contact employee guest member owner patient people person student user",
    "product": "article asset good item material part product",
    "word": "category genre label tag topic",
}


def kind_of(table: list[str], column: list[str], is_long: bool) -> str:
    """What kind of text a column has, by the words of both names; a `name` is one of what its table has."""
    last = column[-1]
    if last == "name" and len(column) == 1:
        owner = re.sub("(ie)?s$", lambda found: "y" if found[1] else "", table[-1])
        for kind, owners in OWNERS.items():
            if owner in owners.split():
                return kind
    joined = "_".join(column)
    for words, kind in KINDS.items():
        if any(joined == word or joined.endswith(f"_{word}") for word in words.split()):
            return kind
    return "paragraph" if is_long else "title"


# What columns end with, and the kind of their texts.
KINDS = {
    "first_name firstname given_name forename": "first_name",
    "last_name lastname surname family_name": "last_name",
    "username user_name login nick nickname handle": "username",
    "full_name author contact recipient owner": "full_name",
    "company organisation organization employer vendor supplier brand": "company",
    "product product_name": "product",
    "city town": "city",
    "country": "country",
    "country_code": "country_code",
    "state region province": "state",
    "street address address_line address1 address2 line1": "address",
    "zip zip_code zipcode postcode postal_code": "postal_code",
    "phone telephone mobile fax phone_number": "telephone",
    "currency currency_code": "currency",
    "color colour": "color",
    "slug": "slug",
    "job job_title occupation profession position": "occupation",
    "language locale lang": "language",
    "category genre topic tag keyword label word": "word",
    "isbn": "isbn",
    "timezone time_zone tz": "timezone",
    "ip ip_address": "ip",
    "user_agent": "user_agent",
    "url uri link website homepage image avatar photo picture logo thumbnail icon": "url",
    "name": "name",
    "title subject headline caption summary heading": "title",
    "description comment note notes remark remarks message bio about reason excerpt": "sentence",
    "body content text": "paragraph",
}


class Words:
    """Texts of each kind; the same ones for the same `seed`."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.some = cache(self._some)

    def _some(self, kind: str) -> list[str]:
        make = MAKERS[kind]
        source = Generic(locale=Locale.EN, seed=f"{self._seed} {kind}")
        found = dict.fromkeys(make(source) for _ in range(MANY))
        return list(found)


def _sentences(source: Generic) -> str:
    return source.text.text(quantity=source.random.randint(2, 6))


def _slug(source: Generic) -> str:
    return "-".join(source.text.word().lower() for _ in range(3))


def _name(source: Generic) -> str:
    return f"{source.text.color()} {source.text.word()}".capitalize()


def _title(source: Generic) -> str:
    words = [source.text.word() for _ in range(source.random.randint(2, 5))]
    return " ".join(words).capitalize()


FORMS = ("and Sons", "Brothers", "Group", "Inc.", "Ltd.", "Partners", "Works")
CURRENCIES = ("CHF", "EUR", "GBP", "JPY", "USD")
MAKERS: dict[str, Callable[[Generic], str]] = {
    "first_name": lambda source: source.person.first_name(),
    "last_name": lambda source: source.person.last_name(),
    "full_name": lambda source: source.person.full_name(),
    "username": lambda source: "_".join(
        (source.person.first_name(), source.person.last_name())
    ).lower(),
    "company": lambda source: f"{source.person.last_name()} {source.random.choice(FORMS)}",
    "product": lambda source: f"{source.text.color()} {source.hardware.phone_model()}",
    "city": lambda source: source.address.city(),
    "country": lambda source: source.address.country(),
    "country_code": lambda source: source.address.country_code(),
    "state": lambda source: source.address.state(),
    "address": lambda source: source.address.address(),
    "postal_code": lambda source: source.address.postal_code(),
    "telephone": lambda source: source.person.telephone(mask="+1-202-555-01##"),
    "currency": lambda source: source.random.choice(CURRENCIES),
    "color": lambda source: source.text.hex_color(),
    "slug": _slug,
    "occupation": lambda source: source.person.occupation(),
    "language": lambda source: source.person.language(),
    "word": lambda source: source.text.word().lower(),
    "isbn": lambda source: source.code.isbn(),
    "timezone": lambda source: source.datetime.timezone(),
    "ip": lambda source: f"192.0.2.{source.random.randint(1, 254)}",
    "url": lambda source: f"https://example.com/{_slug(source)}",
    "user_agent": lambda source: source.internet.user_agent(),
    "name": _name,
    "title": _title,
    "sentence": lambda source: source.text.sentence(),
    "paragraph": _sentences,
}
