"""Runs the shared cases of tests/vectors through the public API. See test_vectors.py."""
