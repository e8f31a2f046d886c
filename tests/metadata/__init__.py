"""Tests of what pages say of themselves to programs."""
