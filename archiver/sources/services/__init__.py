"""Web archives that are asked over the web."""
