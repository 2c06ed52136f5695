"""The words of the web permission table that are not permissions."""

# Anybody, without an account.
PUBLIC = "public"
# Anybody with an account; what they see is their own.
SIGNED_IN = "signed in"
