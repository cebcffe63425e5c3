"""Settings → adapters → flows → application, one part a module."""
