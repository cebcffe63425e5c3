"""Rules about persons, documents, assurance, consent and release. Pure: values in, values out."""
