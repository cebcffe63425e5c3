"""What makes the pages an app: static files by revision, the manifest of each language, the service worker."""
