"""Tests of the core of Evidence Atlas, which knows nothing of Sphinx."""
