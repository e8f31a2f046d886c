"""Random sequences of edits, builds and interruptions."""
