"""Pages about access itself: who sees what and why, what outsiders may see, what nobody can manage."""
