"""What identifies content: the version of an atlas, the addresses of its pages, a record as data, the digest of a page."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
from importlib import metadata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evidence_atlas.core.atlas import load_atlas
from evidence_atlas.core.digest import canonical, digest
from evidence_atlas.core.identity import Identity, identity
from evidence_atlas.core.notices import Notice
from evidence_atlas.core.policy import built_in
from evidence_atlas.core.record import ADAPTER

from .helpers import PROPERTY, bibliography, record


def git(folder, *arguments):
    """Run git in a folder with settings of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_DATE": "@1700000000 +0000"}
    env |= {"GIT_COMMITTER_DATE": "@1700000000 +0000"}
    command = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


def test_the_identity_of_the_content(tmp_path, monkeypatch):
    """The version is unknown without git, the commit between tags, and the tag's own at a tag of the content; the day follows."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    generator = f"evidence-atlas {metadata.version('evidence-atlas')}"
    assert identity(tmp_path) == Identity("0+unknown", None, generator)
    git(tmp_path, "init", "-q")
    assert identity(tmp_path).version == "0+unknown"
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "one")
    commit = git(tmp_path, "rev-parse", "--short=12", "HEAD")
    assert (identity(tmp_path).version, identity(tmp_path).date) == (f"0+{commit}", dt.date(2023, 11, 14))
    git(tmp_path, "tag", "v1.0")
    assert identity(tmp_path).version == f"0+{commit}"
    git(tmp_path, "tag", "atlas-2026.11")
    assert identity(tmp_path).version == "2026.11"
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "two")
    assert identity(tmp_path).version == f"0+{git(tmp_path, 'rev-parse', '--short=12', 'HEAD')}"


@pytest.mark.parametrize(("epoch", "date"), [("86400", dt.date(1970, 1, 2)), ("", None), ("soon", None)])
def test_the_day_of_a_reproducible_build(epoch, date, tmp_path, monkeypatch):
    """SOURCE_DATE_EPOCH sets the day where it is a number of seconds."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert identity(tmp_path).date == date


def test_addresses_and_notices_of_an_atlas(sources, monkeypatch):
    """A page's address is below the base address, its citable one below the version, and notices come by the paper's DOI."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (sources.parent / ".git").rmdir()
    (sources.parent / "atlas.toml").write_text('base-url = "https://a.example/atlas/"\n', encoding="utf-8")
    (sources.parent / "notices.toml").write_text('["10.1000/GOOD"]\nnotices = [{ kind = "erratum" }]\n', encoding="utf-8")
    bibliography(sources.parent, "@article{good, doi={10.1000/Good}}\n@article{other, title={T}}\n", "references.bib")
    atlas, findings = load_atlas(sources)
    assert (findings, atlas.identity.version) == ([], "0+unknown")
    assert atlas.address("evidence/x") == "https://a.example/atlas/evidence/x/"
    assert atlas.citable_address("evidence/x") == "https://a.example/atlas/v/0+unknown/evidence/x/"
    assert [atlas.notices_of(key) for key in ("good", "other", "none")] == [(Notice("erratum"),), (), ()]


def test_the_digest_is_that_of_canonical_json():
    """The digest is the SHA-256 of the content's JSON with sorted keys, no spaces and UTF-8."""
    expected = hashlib.sha256('{"a":["é",null,true,1],"b":{"c":"\\n","d":0.5}}'.encode()).hexdigest()
    assert digest({"b": {"d": 0.5, "c": "\n"}, "a": ["é", None, True, 1.0]}) == f"sha256:{expected}"


JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4), max_leaves=6)  # fmt: skip


def turned(value):
    """Return plain data with the keys of every mapping in the other order."""
    if isinstance(value, dict):
        return {key: turned(item) for key, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@PROPERTY
@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5))
def test_the_order_of_keys_does_not_change_the_digest(content):
    """Content whose keys stand in another order has the same digest, and other content another."""
    assert digest(turned(content)) == digest(content)
    assert digest({**content, "more": [content]}) != digest(content)


STATED = {
    "paper": "good2020", "summary": "Fatigue fell.", "read": "secondary", "design": "rct", "context": ["me-cfs", "healthy"],
    "level": "E2", "topics": ["pain", "sleep"], "drafted": "software", "drafted-with": "atlas new 1",
    "criteria": [
        {"id": "ccc-2003", "role": "inclusion", "pem": "required", "quote": "it was needed", "locator": "page 3"},
        {"id": "icc-2011", "role": "inclusion"},
    ],
    "joined": "any", "review": {"by": "clinician", "date": dt.date(2026, 11, 22)}, "participants": {"cases": 0, "other": 12},
    "peer-review": "preprint", "outcome": {"primary": "Fatigue", "direction": "mixed"}, "harms": "None were reported.",
    "relations": [{"type": "corrects", "paper": "other2019"}], "waivers": [{"rule": "advice", "reason": "It is a title."}],
    "sources": ["A blog"],
}  # fmt: skip


def test_a_record_as_data_is_what_the_page_states():
    """As data a record has the keys and values of the front matter, days as text, and no key that the page leaves out."""
    full = ADAPTER.validate_python(STATED, context=built_in())
    assert full.as_data() == STATED | {"review": {"by": "clinician", "date": "2026-11-22"}}
    assert record(built_in()).as_data() == {
        "paper": "good2020", "summary": "Fatigue fell in half of the people studied.", "read": "abstract", "design": "cohort",
        "context": ["me-cfs"], "level": "E2", "topics": ["pain"], "criteria": [], "drafted": "person", "review": "none",
    }  # fmt: skip


def test_the_ids_that_a_record_names():
    """A record names the ids of its rows in the policy by vocabulary, in its own order, and no join where it has none."""
    uses = ADAPTER.validate_python(STATED, context=built_in()).uses()
    assert uses == {
        "definition": ("ccc-2003", "icc-2011"), "design": ("rct",), "level": ("E2",), "context": ("me-cfs", "healthy"),
        "topic": ("pain", "sleep"), "read": ("secondary",), "role": ("inclusion", "inclusion"), "joined": ("any",),
    }  # fmt: skip
    assert record(built_in()).uses()["joined"] == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.just("\ud800"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3) | st.sampled_from(["\uff61", "\U0001f642"]), inner)
    ),
    max_leaves=12,
)


@PROPERTY
@given(JSON)
def test_canonical_json_is_that_of_the_standard(content):
    """Whatever content holds, its bytes are those of RFC 8785, or it is refused as there."""
    try:
        expected = rfc8785.dumps(content)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011  (either of two kinds, both of them values that JSON has not)
            canonical(content)
    else:
        assert canonical(content) == expected
