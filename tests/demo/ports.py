"""A port for a server that a test starts by its number."""

from contextlib import closing

from marketplace.demo import environment


def free_port() -> int:
    """One that was free a moment ago; whoever needs certainty claims the socket itself."""
    with closing(environment.claim_port()) as claimed:
        return environment.number_of(claimed)
