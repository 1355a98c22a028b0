"""Reading tables that people keep: rows, dates, words and codes, and what is wrong in them."""
