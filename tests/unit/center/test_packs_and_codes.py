"""Question packs and read-out codes: what they open, and that nothing else opens them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import pack, readout
from domain.errors import CodeWrong, PackDamaged
from domain.pack import PackSecrets
from domain.wire.interview import Question

SECRET = st.binary(min_size=readout.SECRET_BYTES, max_size=readout.SECRET_BYTES)
QUESTIONS = st.lists(st.builds(Question, id=st.text(max_size=5), text=st.text(max_size=200)), max_size=20)
RANDOM = st.binary(min_size=pack.RANDOM_BYTES, max_size=pack.RANDOM_BYTES)


def secrets(key: bytes = b"k" * pack.KEY_BYTES, release: bytes = b"r" * readout.SECRET_BYTES) -> PackSecrets:
    return PackSecrets(key, release)


@given(secret=SECRET)
def test_a_code_is_read_as_it_was_written(secret: bytes) -> None:
    code = readout.write(secret)
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    assert readout.read(code) == secret
    assert readout.read(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == secret


@given(text=st.text(max_size=30))
def test_anything_else_is_no_code(text: str) -> None:
    try:
        assert readout.read(readout.write(readout.read(text))) == readout.read(text)
    except CodeWrong:
        assert len(readout.plain_letters(text)) != 16 or set(readout.plain_letters(text)) - set(readout.LETTERS)


@given(questions=QUESTIONS, release=SECRET, random=RANDOM)
def test_key_and_release_code_open_the_same_pack(questions: list[Question], release: bytes, random: bytes) -> None:
    body = pack.seal("p", "s", questions, secrets(release=release), random)
    key = pack.key_from_release(body, readout.write(release))
    assert key == pack.to_text(b"k" * pack.KEY_BYTES)
    assert pack.open_with_key(body, key) == questions


@given(release=SECRET, other=SECRET)
def test_no_other_code_opens_it(release: bytes, other: bytes) -> None:
    body = pack.seal("p", "s", [], secrets(release=release), bytes(pack.RANDOM_BYTES))
    if other != release:
        with pytest.raises(CodeWrong):
            pack.key_from_release(body, readout.write(other))


@pytest.mark.parametrize(
    "change", [{"session": "another"}, {"id": "another"}, {"sealed": "AAAA"}, {"nonce": "%%"}, {"sealed": ""}]
)
def test_a_changed_pack_does_not_open(change: dict[str, str]) -> None:
    body = pack.seal("p", "s", [Question(id="1", text="题")], secrets(), bytes(pack.RANDOM_BYTES))
    with pytest.raises(PackDamaged):
        pack.open_with_key(body.model_copy(update=change), pack.to_text(b"k" * pack.KEY_BYTES))


def test_a_wrong_key_does_not_open_it() -> None:
    body = pack.seal("p", "s", [], secrets(), bytes(pack.RANDOM_BYTES))
    for key in ("", "AAAA", pack.to_text(b"x" * pack.KEY_BYTES)):
        with pytest.raises(PackDamaged):
            pack.open_with_key(body, key)


@given(secret=SECRET, other=SECRET, salt=st.binary(min_size=16, max_size=16))
def test_an_entry_code_fits_its_own_check_only(secret: bytes, other: bytes, salt: bytes) -> None:
    check = readout.entry_check(secret, salt)
    assert readout.opens(readout.write(secret), salt, check)
    assert readout.opens(readout.write(other), salt, check) == (secret == other)
    assert readout.derive(secret, salt, "zhishi/release/1") != check, "an entry check opens no pack"
