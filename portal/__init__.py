"""The supply and payments portal: features in folders of their own, pointing one way."""

__version__ = "2.3.0"
