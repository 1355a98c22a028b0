"""The data of each event of the contract, one family to a file; `catalogue` lists them all."""
