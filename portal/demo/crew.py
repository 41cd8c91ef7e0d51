"""Drawing and reading in processes of their own, while the story goes on. No database is touched here."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from types import TracebackType

from portal.core.money import Money
from portal.demo.drawing import products
from portal.demo.drawing.facts import Drawn, Form, ProofFacts, Style
from portal.demo.drawing.forgery import Forgery, forge
from portal.demo.drawing.papers import Paper, paper
from portal.demo.drawing.proofs import draw
from portal.proofs import service as proofs
from portal.proofs.service import Prepared


@dataclass(frozen=True, slots=True)
class Commission:
    """A document to make. forgery: with the amount it claims; paper: in place of a proof."""

    facts: ProofFacts
    style: Style
    form: Form
    forgery: Forgery | None = None
    claimed: Money | None = None
    paper: Paper | None = None

    def drawn(self) -> Drawn:
        """The file."""
        if self.paper is not None:
            return paper(self.paper, day=self.facts.paid_on, amount=self.facts.amount, seed=self.facts.seed)
        made = draw(self.facts, style=self.style, form=self.form)
        return made if self.forgery is None else forge(made, self.forgery, to=self.claimed)


@dataclass(frozen=True, slots=True)
class Sheaf:
    """A document and its reading."""

    data: bytes
    file_name: str
    prepared: Prepared


#: pixels that the product page shows
_SHOP_WIDTH = 480


class Crew:
    """Some processes that draw and read; each answer is asked for when the story needs it."""

    def __init__(self) -> None:
        cores = len(os.sched_getaffinity(0))
        self._pool = ProcessPoolExecutor(
            max_workers=min(4, cores), mp_context=multiprocessing.get_context("spawn"), initializer=_one_core_each
        )

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, commission: Commission) -> Future[Sheaf]:
        """Draw the document and read it."""
        return self._pool.submit(_drawn_and_read, commission)

    def picture(self, kind: str, accent: str) -> Future[bytes]:
        """Draw a product, as PNG."""
        return self._pool.submit(products.png, kind, accent, width=_SHOP_WIDTH)


def _one_core_each() -> None:
    os.environ["OMP_THREAD_LIMIT"] = "1"


def _drawn_and_read(commission: Commission) -> Sheaf:
    made = commission.drawn()
    return Sheaf(made.data, made.file_name, proofs.prepare(made.data))
