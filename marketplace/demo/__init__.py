"""A whole marketplace on one machine: invented people, tenders of every status, and a drill."""
