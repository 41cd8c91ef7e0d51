"""Finding products by the beginnings of their words, in any order, small slips forgiven.

The index is two tables of our own, so that SQLite and MariaDB find the same: every word of every product, and for each
word what is left of it when one letter is dropped (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import aliased

from portal.catalog.models import Product, ProductWord, WordSlip
from portal.catalog.types import next_prefix, slips_of
from portal.platform.db import db

#: So many products that fit are looked up one by one; where more fit, a list in its own order soon meets enough.
FEW = 2_500
#: A word is counted no further than this: by then it is common.
_COUNTED = 4_000
#: A statement takes so many rows at once.
_ROWS = 5_000
#: A word that is looked for: it, or what it may have been meant to be.
Word = tuple[str, ...]


def few_hits(words: Sequence[Word], sizes: Sequence[int]) -> list[int] | None:
    """Ids of all products that have every word, or None when more than FEW have. sizes: as `sizes_of` counts them.

    Reads the range of the rarest word and asks for the others product by product.
    """
    if 0 in sizes:
        return []
    (_, first), *others = sorted(zip(sizes, words, strict=True), key=lambda each: each[0])
    found = select(ProductWord.product_id).where(_begins(ProductWord, first)).distinct()
    for _, word in others:
        other = aliased(ProductWord)
        found = found.where(exists().where(other.product_id == ProductWord.product_id, _begins(other, word)))
    ids = list(db.session.scalars(found.limit(FEW + 1)))
    return None if len(ids) > FEW else ids


def sizes_of(words: Sequence[Word]) -> list[int]:
    """How many rows of the index begin with each word, counted to a bound; of a single word only whether there are any."""
    most = _COUNTED if len(words) > 1 else 1
    ranges = [select(ProductWord.product_id).where(_begins(ProductWord, word)).limit(most) for word in words]
    counts = [select(func.count()).select_from(rows.subquery()).scalar_subquery() for rows in ranges]
    return list(db.session.execute(select(*counts)).one())


def has_words(words: Iterable[Word]) -> list[ColumnElement[bool]]:
    """Conditions on a product: it has every word.

    Looked up product by product: a limited subquery is not turned into a join that reads every such word first.
    """
    return [
        select(ProductWord.product_id)
        .where(ProductWord.product_id == Product.id, _begins(ProductWord, word))
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
        .is_not(None)
        for word in words
    ]


def _begins(table: type[ProductWord], word: Word) -> ColumnElement[bool]:
    return or_(*(and_(table.word >= each, table.word < next_prefix(each)) for each in word))


def slipped(words: Iterable[str]) -> dict[str, list[str]]:
    """Words of products that share a slip with a word that was typed."""
    by_slip: dict[str, set[str]] = {}
    for word in words:
        for slip in slips_of(word):
            by_slip.setdefault(slip, set()).add(word)
    if not by_slip:
        return {}
    rows = db.session.execute(select(WordSlip.slip, WordSlip.word).where(WordSlip.slip.in_(sorted(by_slip))))
    found: dict[str, list[str]] = {}
    for slip, meant in rows:
        for typed in by_slip[slip]:
            found.setdefault(typed, []).append(meant)
    return found


def write_words(words: dict[int, frozenset[str]]) -> None:
    """Replace the words that products are found by, and learn the slips of those that are new."""
    if not words:
        return
    db.session.execute(delete(ProductWord).where(ProductWord.product_id.in_(list(words))))
    rows = [{"product_id": product_id, "word": word} for product_id, some in words.items() for word in sorted(some)]
    _insert(rows)
    learn(frozenset().union(*words.values()))


def _insert(rows: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(rows), _ROWS):
        db.session.execute(insert(ProductWord), rows[start : start + _ROWS])


def learn(words: frozenset[str]) -> None:
    """Slips of words are kept for ever: a word that no product has any more is found out when it is looked for."""
    slips = {word: slips_of(word) for word in sorted(words)}
    wanted = [word for word, some in slips.items() if some]
    known = set(db.session.scalars(select(WordSlip.word).where(WordSlip.word.in_(wanted)))) if wanted else set()
    rows = [{"slip": slip, "word": word} for word in wanted if word not in known for slip in sorted(slips[word])]
    if rows:  # another transaction may learn the same word at this moment
        learn = insert(WordSlip).prefix_with("IGNORE", dialect="mysql").prefix_with("OR IGNORE", dialect="sqlite")
        db.session.execute(learn, rows)
