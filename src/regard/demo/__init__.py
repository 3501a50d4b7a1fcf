"""Halcyon Mobile, a telecom that exists only here: a documented simulation with planted truths."""
