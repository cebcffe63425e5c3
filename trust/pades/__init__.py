"""PDF signatures on the wire: the only importer of PDF libraries; everything foreign is bounded here."""
