"""Tests of the whole atlas as files."""
