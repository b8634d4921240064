"""Offices renamed, merged or split: what they hold passes to others, records stay untouched (R58)."""
