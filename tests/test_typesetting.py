"""How the documentation sets text: indices and powers, formulas beside punctuation, long names, what autodoc says of data."""

import importlib.util
import sys
from pathlib import Path

import pytest

pytest.importorskip("sphinx")
from docutils import nodes
from docutils.utils import new_document

FOLDER = Path(__file__).parents[1] / "docs" / "_ext"
SPEC = importlib.util.spec_from_file_location("typeset_of_the_pages", FOLDER / "typeset.py")
typeset = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = typeset
SPEC.loader.exec_module(typeset)


def tagged(parts) -> str:
    """Nodes as text, an index in <> and a power in []."""
    signs = {nodes.subscript: "<{}>", nodes.superscript: "[{}]"}
    return "".join(signs.get(type(part), "{}").format(tagged(part) if part.children else part.astext()) for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("δ_i* = max(δ_S*, δ_P*)", "δ<i>* = max(δ<S>*, δ<P>*)"),
        ("D_i = 1 + p_i D_{i+1} + q_i D_{i−1}", "D<i> = 1 + p<i> D<i+1> + q<i> D<i−1>"),
        ("Σ_{k<i} π_k and λ_b(process)", "Σ<k<i> π<k> and λ<b>(process)"),
        ("max_{a : Q_a ≠ ∅} and ⋂_λ", "max<a : Q<a> ≠ ∅> and ⋂<λ>"),
        ("θ̂_{−g}, A_ij, δ_eff", "θ̂<−g>, A<ij>, δ<eff>"),
        ("s^m/(s^m + p^m), e^−0.5", "s[m]/(s[m] + p[m]), e[−0.5]"),
        ("δ^T.", "δ[T]."),
        ("a^S with d_S(a^S) = v_S", "a[S] with d<S>(a[S]) = v<S>"),
        ("chindea_2014, words_first and n_major stay", "chindea_2014, words_first and n_major stay"),
        ("no formula", "no formula"),
    ],
)
def test_indices_and_powers(text, expected):
    assert tagged(typeset.scripts(text)) == expected


def paragraph(*parts) -> nodes.document:
    document = new_document("page")
    document += nodes.paragraph("", "", *parts)
    return document


def test_code_and_formulas_stay_as_written():
    document = paragraph(nodes.Text("u_i and "), nodes.literal("", "u_i"), nodes.math("", "u_i"))
    typeset.set_scripts(None, document)
    assert [node.astext() for node in document.findall(nodes.subscript)] == ["i"]
    assert [node.astext() for node in document.findall(nodes.literal)] == ["u_i"]
    assert [node.astext() for node in document.findall(nodes.math)] == ["u_i"]


def test_a_formula_stays_with_its_punctuation():
    document = paragraph(nodes.Text("exposure ("), nodes.math("", "t"), nodes.Text("), and "), nodes.math("", "m"))
    typeset.keep_together(None, document)
    (block,) = document.findall(nodes.inline)
    assert block["classes"] == ["together"]
    assert block.astext() == "(t),"
    assert document.astext() == "exposure (t), and m"


def test_a_long_name_breaks_behind_dots_and_before_arguments():
    name = "alliances.dynamics.payoff_sets(0.5).plot()"
    document = paragraph(
        nodes.literal("", name), nodes.literal("", "short.name"), nodes.literal("", "a text of five.words here")
    )
    typeset.breakable(None, document, "page")
    long, short, words = document.findall(nodes.literal)
    assert [part.astext() for part in long] == [
        "alliances.", "<wbr>", "dynamics.", "<wbr>", "payoff_", "<wbr>", "sets", "<wbr>", "(0.5).", "<wbr>", "plot()",
    ]  # fmt: skip
    assert "".join(part.astext() for part in long if isinstance(part, nodes.Text)) == name
    assert len(short) == len(words) == 1
