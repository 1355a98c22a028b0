"""The words: models and enums of everything that crosses a boundary. Imports nothing of ours."""
