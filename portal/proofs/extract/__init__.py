"""From words with boxes to the fields of a payment."""

from portal.proofs.extract.extraction import Extraction, read_fields
from portal.proofs.extract.layouts import layouts_version
from portal.proofs.extract.reread import parse_line

__all__ = ["Extraction", "layouts_version", "parse_line", "read_fields"]
