"""From words with boxes to the fields of a payment."""

from portal.proofs.extract.banks import known_bank
from portal.proofs.extract.confidence import meant
from portal.proofs.extract.extraction import Extraction, read_fields
from portal.proofs.extract.layouts import layouts_version, never_printed
from portal.proofs.extract.reread import parse_line
from portal.proofs.extract.wording import begins_small_print

__all__ = [
    "Extraction",
    "begins_small_print",
    "known_bank",
    "layouts_version",
    "meant",
    "never_printed",
    "parse_line",
    "read_fields",
]
