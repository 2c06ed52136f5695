"""The tree against RFC 6962's definitions, known vectors and another implementation."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from marketplace.ledger import merkle
from marketplace.ledger.verify import included as auditors_verify

# The eight leaves and the roots of their prefixes that Certificate Transparency implementations
# test against (google/certificate-transparency, merkletree/merkle_tree_test).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashes(count):
    return [merkle.leaf_hash(str(i).encode()) for i in range(count)]


def literal_root(leaves):
    """MTH as section 2.1 writes it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = max(2**i for i in range(20) if 2**i < len(leaves))
    return merkle.node_hash(literal_root(leaves[:k]), literal_root(leaves[k:]))


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size):
    assert merkle.root(map(merkle.leaf_hash, LEAVES[:size])).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(70))
def test_the_frontier_gives_the_root_of_the_definition(size):
    assert merkle.root(hashes(size)) == literal_root(hashes(size))


@given(st.integers(1, 70), st.data())
def test_proofs_equal_those_of_another_implementation(size, data):
    other = InmemoryTree(algorithm="sha256")
    for i in range(size):
        other.append_entry(str(i).encode())
    index = data.draw(st.integers(0, size - 1))
    ours = merkle.inclusion_proof(merkle.Tree(hashes(size)).get_node, index, size)
    theirs = other.prove_inclusion(index + 1).path
    assert [merkle.leaf_hash(str(index).encode()), *ours] == [bytes(step) for step in theirs]
    assert merkle.root(hashes(size)) == other.get_root()


@given(st.integers(1, 300), st.data())
def test_every_leaf_is_proved_in_its_tree_and_nowhere_else(size, data):
    leaves, index = hashes(size), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(merkle.Tree(leaves).get_node, index, size)
    root = merkle.root(leaves)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size + 3).filter(lambda i: i != index))
    assert not merkle.verify_inclusion(leaves[index], other, size, proof, root)


@given(st.integers(2, 200), st.data())
def test_a_proof_with_any_step_changed_dropped_or_added_fails(size, data):
    leaves, index = hashes(size), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(merkle.Tree(leaves).get_node, index, size)
    step = data.draw(st.integers(0, len(proof) - 1))
    changed = [*proof[:step], bytes(32), *proof[step + 1 :]]
    for bad in (changed, proof[:-1], [*proof, bytes(32)], [bytes(32), *proof]):
        assert not merkle.verify_inclusion(leaves[index], index, size, bad, merkle.root(leaves))


@pytest.mark.parametrize("verify", [merkle.verify_inclusion, auditors_verify])
def test_a_proof_must_have_the_length_that_the_size_demands(verify):
    """Each of these reaches the root that is given, by the wrong number of steps."""
    a, b, c = hashes(3)
    assert verify(a, 0, 2, [b], merkle.node_hash(a, b))
    assert not verify(a, 0, 4, [b], merkle.node_hash(a, b))
    assert not verify(a, 0, 1, [b], merkle.node_hash(b, a))
    assert not verify(a, 0, 2, [b, c], merkle.node_hash(c, merkle.node_hash(a, b)))


@given(st.integers(1, 200), st.data())
def test_a_tree_is_consistent_with_its_beginnings(new, data):
    leaves, old = hashes(new), data.draw(st.integers(1, new))
    proof = merkle.consistency_proof(merkle.Tree(leaves).get_node, old, new)
    roots = merkle.root(leaves[:old]), merkle.root(leaves)
    assert merkle.verify_consistency(old, new, *roots, proof)


@given(st.integers(2, 200), st.data())
def test_a_rewritten_tree_is_not_consistent(new, data):
    leaves, old = hashes(new), data.draw(st.integers(1, new - 1))
    before = merkle.root(leaves[:old])
    leaves[data.draw(st.integers(0, old - 1))] = bytes(32)
    proof = merkle.consistency_proof(merkle.Tree(leaves).get_node, old, new)
    assert not merkle.verify_consistency(old, new, before, merkle.root(leaves), proof)


@given(st.integers(1, 130))
def test_the_nodes_that_an_append_completes_are_those_of_the_tree(size):
    frontier, nodes = merkle.Frontier(), {}
    for leaf in hashes(size):
        nodes |= {(level, i): value for level, i, value in frontier.append(leaf)}
    tree = merkle.Tree(hashes(size))
    assert all(tree.get_node(*node) == value for node, value in nodes.items())
    inner = {n for i in range(size) for n in merkle.nodes_needed([(i, size)]) if n[0] > 0}
    assert inner <= set(nodes)


def test_every_node_has_a_number_of_its_own():
    pairs = [(level, i) for level in range(8) for i in range(256 >> level)]
    assert len({merkle.node_number(*pair) for pair in pairs}) == len(pairs)


@given(st.integers(0, 300))
def test_a_frontier_survives_being_written_down(size):
    frontier = merkle.Frontier()
    for leaf in hashes(size):
        frontier.append(leaf)
    again = merkle.Frontier.from_hex(size, frontier.to_hex())
    again.append(bytes(32))
    frontier.append(bytes(32))
    assert again.root() == frontier.root()


def test_a_frontier_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="3 leaves need 2 hashes"):
        merkle.Frontier(3, [bytes(32)])


def test_fifty_thousand_leaves_are_built_once_and_then_proved_with_few_hashes():
    size = 50_000
    tree, asked = merkle.Tree([i.to_bytes(32, "big") for i in range(size)]), []
    merkle.inclusion_proof(lambda *node: asked.append(node) or tree.get_node(*node), 41, size)
    assert len(asked) <= 2 * size.bit_length()
