"""What people see: pages, forms, languages, the service worker, and every problem in the reader's own words.

It shows what gateway and trust decide and decides nothing itself. Pages are rendered on the server and work without
JavaScript; the few modules in `static/js` add comfort. `app_shell.create_pages` puts it together from its arguments.
"""
