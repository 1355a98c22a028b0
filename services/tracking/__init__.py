"""From a batch of messages to colours in the store.

`handler` stores a batch and derives whoever it touches in one transaction; while many more wait,
it stores and marks, and `deriving` derives each young person once for all of theirs. `rebuild`
derives everybody again.
"""
