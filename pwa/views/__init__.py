"""From domain values to what a template needs. Pure: no request, no clock, no translation."""
