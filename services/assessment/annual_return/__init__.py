"""The annual return (SSDA903) as it would be sent on any day, and what would fail its checks."""
