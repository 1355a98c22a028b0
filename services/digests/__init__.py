"""The weekly digest: scheduling, composing, rendering and sending it once to each recipient."""
