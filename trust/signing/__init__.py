"""What a seal is to say and to reach, as values."""
