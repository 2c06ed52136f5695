"""The verifier that travels in every dossier, in its parts; `build` joins them into one file."""
