"""From a batch of messages to colours in the store: record, fold, assess, write, commit once."""
