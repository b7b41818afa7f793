"""The tree is that of RFC 6962: against its plain definition, for all sizes, and with paths that lead to the root."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from yiwang.foundation.audit.merkle import (
    TILE,
    Range,
    digest_of,
    leaf_hash,
    node_hash,
    path_to,
    root_from,
    root_of,
)

SHA = digest_of("sha256")


def as_defined(nodes):
    """RFC 6962, 2.1, word by word, over hashes of leaves."""
    if not nodes:
        return sha256(b"").digest()
    if len(nodes) == 1:
        return nodes[0]
    half = 1
    while half * 2 < len(nodes):
        half *= 2
    return sha256(b"\x01" + as_defined(nodes[:half]) + as_defined(nodes[half:])).digest()


def nodes_of(count):
    return [leaf_hash(SHA, bytes([number % 256, number // 256])) for number in range(count)]


@pytest.mark.parametrize("count", [*range(66), 255, 256, 257, 1000])
def test_the_root_is_the_one_the_standard_defines(count):
    assert root_of(SHA, nodes_of(count)) == as_defined(nodes_of(count))


def test_the_test_vectors_of_the_standards_own_example():
    """Leaves of the reference implementation of Certificate Transparency; the empty tree and the first leaf."""
    assert root_of(SHA, []).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(SHA, b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(size=some.integers(1, 600), data=some.data())
def test_every_path_leads_to_the_root_and_no_other_leaf_does(size, data):
    nodes, index = nodes_of(size), data.draw(some.integers(0, size - 1))
    path, root = path_to(SHA, nodes, index), root_of(SHA, nodes)
    assert root_from(SHA, nodes[index], index, size, path) == root
    assert root_from(SHA, leaf_hash(SHA, b"other"), index, size, path) != root
    if path:
        assert root_from(SHA, nodes[index], index, size, path[:-1]) != root
    assert root_from(SHA, nodes[index], index, size, [*path, root]) != root


@given(size=some.integers(1, 5 * TILE))
def test_tiles_make_the_same_tree(size):
    nodes = nodes_of(size)
    tiles = [root_of(SHA, nodes[start : start + TILE]) for start in range(0, size, TILE)]
    assert root_of(SHA, tiles) == as_defined(nodes)


def test_a_range_goes_on_where_it_was():
    row = Range()
    for count, node in enumerate(nodes_of(300), 1):
        row = Range(row.size, tuple(row.roots)).add(SHA, node)
        assert row.root(SHA) == as_defined(nodes_of(count))


def test_sm3_gives_what_the_standard_says():
    """GB/T 32905-2016, A.1: “abc”."""
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest_of("sm3")(b"abc").hex() == expected
    assert node_hash(digest_of("sm3"), b"a" * 32, b"b" * 32) != node_hash(SHA, b"a" * 32, b"b" * 32)
