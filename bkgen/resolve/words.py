"""English nouns that name tables, as one, as many and with an article: few rules, so that no library changes a name."""

from __future__ import annotations

import re
from collections.abc import Callable


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


_UNCOUNTABLE = listed(
    "access analytics audio content data equipment feedback fish hardware homework info information inventory media "
    "metadata money music news series sheep sms software species staff stuff traffic"
)
_IRREGULAR = {
    "alias": "aliases",
    "analysis": "analyses",
    "atlas": "atlases",
    "axis": "axes",
    "basis": "bases",
    "bias": "biases",
    "cache": "caches",
    "canvas": "canvases",
    "child": "children",
    "cookie": "cookies",
    "crisis": "crises",
    "criterion": "criteria",
    "echo": "echoes",
    "gas": "gases",
    "half": "halves",
    "headache": "headaches",
    "hero": "heroes",
    "index": "indices",
    "knife": "knives",
    "leaf": "leaves",
    "lens": "lenses",
    "life": "lives",
    "man": "men",
    "matrix": "matrices",
    "menu": "menus",
    "movie": "movies",
    "person": "people",
    "pie": "pies",
    "potato": "potatoes",
    "quiz": "quizzes",
    "shelf": "shelves",
    "shoe": "shoes",
    "tie": "ties",
    "tomato": "tomatoes",
    "vertex": "vertices",
    "wolf": "wolves",
    "woman": "women",
    "zombie": "zombies",
}
_REGULAR_AGAIN = {plural: singular for singular, plural in _IRREGULAR.items()} | {"indexes": "index"}


def singular(name: str) -> str:
    """One of what the snake case `name` means: `order_items` becomes `order_item`. Only the last word changes."""
    return _with_last_word(name, _singular)


def plural(name: str) -> str:
    """Many of what the snake case `name` means; a plural stays as it is."""
    return _with_last_word(name, _plural)


def phrase(name: str) -> str:
    """The words that a snake case name means: `order_items` are order items."""
    return name.replace("_", " ").strip()


def with_article(noun: str) -> str:
    """`a post`, `an author`, `an hour`, `a user`."""
    silent = noun.startswith(("hour", "honor", "heir"))
    sounded = noun.startswith(("uni", "use", "usa", "eu", "one"))
    vowel = noun.startswith(("a", "e", "i", "o", "u")) and not sounded
    return f"an {noun}" if vowel or silent else f"a {noun}"


def _with_last_word(name: str, change: Callable[[str], str]) -> str:
    """The name with its last word changed; a number behind it stays: `items_2` and `items2` are many as well."""
    match = re.fullmatch(r"(.*_)?([^_]*[^_\d])(_?\d+)?", name)
    if match is None:
        return change(name)
    return (match[1] or "") + change(match[2]) + (match[3] or "")


def _singular(word: str) -> str:
    if word in _UNCOUNTABLE or word in _IRREGULAR or not word.isascii():
        return word
    if word in _REGULAR_AGAIN:
        return _REGULAR_AGAIN[word]
    if re.search(r"(ss|us|is)$", word) or not word.endswith("s") or len(word) < 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|zz|[^aeo]us|o)es$", word):
        return word[:-2]
    return word[:-1]


def _plural(word: str) -> str:
    if word in _UNCOUNTABLE or _singular(word) != word or not word.isascii():
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"
