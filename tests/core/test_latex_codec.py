"""The codec that answers at once for text without LaTeX says what latexcodec says."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latexcodec import codec

from indexed_bibtex import latex_codec

MARKS = st.sampled_from("ab{} -,'`.?!:;<>\"|\u00a0\n\t~é=&_^*[]()/@$%#\\")


def answer(decode: codecs._Decoder, text: str) -> object:
    """Return what a decoder says, or the kind of error that it raises."""
    try:
        return decode(text)  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001  (whatever latexcodec raises, the shortcut raises too)
        return type(error)


@given(st.text(alphabet=MARKS | st.characters(), max_size=14))
def test_any_text_is_read_as_latexcodec_reads_it(text: str) -> None:
    """The shortcut changes no result, and no error."""
    assert answer(latex_codec.decode, text) == answer(codec.find_latex("ulatex").decode, text)  # type: ignore[union-attr,arg-type]


@pytest.mark.parametrize("text", ["Post-exertional malaise: a review", "{ME/CFS} in Åland", "10.1000/xyz(99)00123-4"])
def test_usual_fields_take_the_shortcut(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Titles and DOIs never reach latexcodec."""
    monkeypatch.setattr(latex_codec, "_theirs", None)
    assert latex_codec.decode(text) == (text, len(text))


def test_it_can_be_put_in_place_twice_and_taken_away() -> None:
    """Whoever decodes "ulatex" gets the codec while it is in place, and latexcodec's own afterwards."""
    latex_codec.install()
    latex_codec.install()
    assert codecs.lookup("ulatex").decode is latex_codec.decode
    latex_codec.uninstall()
    assert codecs.lookup("ulatex").decode is not latex_codec.decode
    latex_codec.install()
    assert codecs.decode('M{\\"u}ller', "ulatex") == "M{ü}ller"
