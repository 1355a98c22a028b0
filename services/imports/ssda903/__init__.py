"""The annual return of looked-after children (SSDA903) as events; see docs/ssda903.md."""
