"""A document of our own, read once before the first of a stranger's."""

from __future__ import annotations

#: becomes a page with a text layer, and so goes every way that a bank's PDF goes
SPECIMEN = b"""\
From: Specimen Bank <notices@bank.example>\r
Subject: Payment notification\r
Content-Type: text/plain; charset=utf-8\r
\r
FNB payment notification\r
\r
Date: 2 March 2026\r
Amount: R 1 234.56\r
Amount in words: One thousand two hundred and thirty-four rand and fifty-six cents\r
Reference: INV-2026-00001\r
Beneficiary: 360Degree Supply\r
Bank: First National Bank\r
Branch code: 250655\r
Account number: 62012345678\r
Paid by: Specimen (Pty) Ltd\r
Trace ID: 0123456789\r
Status: Successful\r
"""
