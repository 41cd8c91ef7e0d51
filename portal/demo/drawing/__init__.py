"""The demo company's drawing: proofs of payment, other papers, hostile files and product pictures, all made here.

The demo and the tests both draw from it, so everything is seeded and needs no network and no system fonts.
"""
