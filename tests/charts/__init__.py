"""Tests of the charts of the field."""
