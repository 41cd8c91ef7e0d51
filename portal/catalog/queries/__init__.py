"""Questions to the catalogue's tables, and the only place that locks its rows."""
