"""Readers under random damage; each test takes ten minutes of processor time, or FUZZ_SECONDS."""
