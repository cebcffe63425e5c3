"""The outside world on one machine: the regions, a face check, an agency, authorities. Refused in production."""
