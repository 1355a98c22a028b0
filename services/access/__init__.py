"""Access: who signs in, what they may see and do, and the record of what they did."""
