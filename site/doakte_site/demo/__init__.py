"""Musterstadt: a self-written city with a plan, people and records, to try the product and to test it."""
