"""What the payment tables are asked: single rows and locks, lists, and rows that break an invariant."""
