"""Gateways to play with on this machine: they behave as their documentation says, and lie when they are asked to.

Started by ``flask dev gateways``; no money moves, and nothing here runs in production.
"""
