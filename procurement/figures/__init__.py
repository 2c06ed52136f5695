"""Public figures: tables computed beforehand from awards, bids and market prices, exact."""
