"""Ofsted's Annex A: children in care (list 8) and care leavers (list 9), as a snapshot."""
