"""Official papers as tagged PDF (PDF/UA): one layout, filled with data."""
