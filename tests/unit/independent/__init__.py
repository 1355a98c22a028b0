"""An independent, deliberately naive reading of the rule book, used to test the product."""
