"""Language tasks: rules by hand-checked examples, splits without leaks."""

import datetime
import re
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rnnlib import tasks
from rnnlib.tasks import hangul as letters_of
from rnnlib.tasks import spoken

a_few = settings(max_examples=60, deadline=None, derandomize=True)
hangul = st.text(
    st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1
)


def assert_no_leak(split):
    """No text twice, and none in both parts."""
    texts = [text for text, _ in split.train + split.test]
    assert len(set(texts)) == len(texts)


# --- Korean ----------------------------------------------------------------

SAID = """
국물 궁물 | 같이 가치 | 좋다 조타 | 신라 실라 | 값이 갑씨 | 읽다 익따
놓는 논는 | 독립 동닙 | 없다 업따 | 밟다 밥따 | 밟는 밤는 | 옷이 오시
많아 마나 | 싫어 시러 | 축하 추카 | 못하다 모타다 | 굳히다 구치다
앉다 안따 | 넓다 널따 | 심리 심니 | 칼날 칼랄 | 입학 이팍 | 뚫는 뚤른
있어 이써 | 깎아 까까 | 핥이다 할치다 | 전화 전화 | 좋은 조은 | 많소 만쏘
읽히다 일키다 | 밭이 바치 | 닭 닥 | 앉히다 안치다 | 협력 혐녁 | 꽃 꼳
부엌에 부어케 | 강아지 강아지 | 먹히다 머키다 | 맞히다 마치다 | 넋이 넉씨
여덟 여덜 | 난로 날로 | 종로 종노 | 대통령 대통녕 | 뻗대다 뻗때다
"""


@pytest.mark.parametrize("pair", re.findall("([가-힣]+) ([가-힣]+)", SAID))
def test_words_are_said_as_the_standard_says(pair):
    """Examples of 표준 발음법, articles 8 to 25."""
    word, sound = pair
    assert tasks.pronounce(word) == sound


@given(word=hangul)
@a_few
def test_letters_make_up_the_word_again(word):
    letters = tasks.jamo(word)
    assert letters.shape == (len(word), 3)
    assert tasks.syllables(letters) == word


@given(word=hangul)
@a_few
def test_a_pronunciation_only_has_sounds_that_exist(word):
    said = tasks.pronounce(word)
    assert len(said) == len(word)
    codas = {letters_of.CODAS[k] for k in tasks.jamo(said)[:, 2]}
    assert codas <= set(" ㄱㄴㄷㄹㅁㅂㅇ")
    assert_array_equal(tasks.jamo(said)[:, 1], tasks.jamo(word)[:, 1])
    assert tasks.jamo(said)[0, 0] == tasks.jamo(word)[0, 0]


def test_the_next_onset_decides_the_coda(rng):
    """What chapter 3 is about: codas cannot be told from the left."""
    changed = decided = 0
    for word in tasks.random_syllables(rng, 2000, longest=2):
        first = tasks.pronounce(word)[0]
        if first != tasks.pronounce(word[0]):
            changed += 1
            decided += word[0] != first
    assert changed > 100
    assert decided > 50


def test_spaces_are_marked_where_they_were():
    assert tasks.spacing(["커널 다시 시작", "저장", " "]) == [
        ("커널다시시작", [0, 1, 0, 1, 0, 0]),
        ("저장", [0, 0]),
    ]


@pytest.mark.parametrize("word", ["", "abc", "한글!", "ㄱ"])
def test_only_hangul_syllables_are_taken_apart(word):
    for function in (tasks.jamo, tasks.pronounce):
        with pytest.raises(ValueError, match="word: expected Hangul"):
            function(word)


def test_letters_out_of_range_are_refused(rng):
    with pytest.raises(ValueError, match=r"letters: expected shape \(S, 3\)"):
        tasks.syllables([0, 0, 0])
    with pytest.raises(ValueError, match="letters: expected 0 to below"):
        tasks.syllables([[19, 0, 0]])
    with pytest.raises(ValueError, match="longest: expected 2 or more"):
        tasks.random_syllables(rng, 3, longest=1)


def test_real_words_come_from_packages(rng):
    split = tasks.pronunciations(rng)
    assert_no_leak(split)
    words = split.train + split.test
    assert len(words) > 8000
    share = np.mean([word != sound for word, sound in words])
    assert 0.2 < share < 0.4  # data.md: 29 % change
    assert len(split.test) == round(0.1 * len(words))


# --- numbers and dates -----------------------------------------------------


@pytest.mark.parametrize(
    ("n", "english", "hangul"),
    [
        (0, "zero", "영"),
        (10, "ten", "십"),
        (13, "thirteen", "십삼"),
        (20, "twenty", "이십"),
        (100, "one hundred", "백"),
        (101, "one hundred one", "백일"),
        (427, "four hundred twenty-seven", "사백이십칠"),
        (1000, "one thousand", "천"),
        (1111, "one thousand one hundred eleven", "천백십일"),
        (9999, "nine thousand nine hundred ninety-nine", "구천구백구십구"),
    ],
)
def test_numbers_are_said_as_people_do(n, english, hangul):
    assert tasks.number_words(n) == english
    assert tasks.number_words(n, "ko") == hangul


def test_no_two_numbers_are_said_alike():
    for language in ("en", "ko"):
        said = {tasks.number_words(n, language) for n in range(10000)}
        assert len(said) == 10000


def test_translations_and_dates_do_not_leak(rng):
    split = tasks.translations(rng, 500, 100)
    assert (len(split.train), len(split.test)) == (500, 100)
    assert_no_leak(split)
    ways = {tasks.number_words(n): n for n in range(10000)}
    for english, hangul in split.train[:50]:
        assert tasks.number_words(ways[english], "ko") == hangul
    split = tasks.dates(rng, 2000, 500)
    assert_no_leak(split)
    shapes = Counter(
        re.sub(r"[A-Za-z]+", "w", re.sub(r"\d+", "0", text))
        for text, _ in split.train
    )
    assert len(shapes) >= 7  # months in short and in full look alike here
    months = {name: k for k, name in enumerate(spoken.MONTHS, 1)}
    months |= {name[:3]: k for name, k in months.items()}
    for text, iso in split.train:
        date = datetime.date.fromisoformat(iso)
        numbers = sorted(map(int, re.findall(r"\d+", text)))
        named = [months[w] for w in re.findall("[A-Z][a-z]+", text)]
        assert numbers + named == sorted(
            [date.year, date.day] + ([] if named else [date.month])
        ) + ([date.month] if named else [])


def test_spoken_digits_show_what_they_say(rng):
    groups = tasks.spoken_digits(rng, 200, "ko", 2)
    source = tasks.digits()
    image_of = {
        i.tobytes(): k
        for i, k in zip(source.images / 16, source.labels, strict=True)
    }
    said = [set(), set(), set()]
    used = [set(), set(), set()]
    for k, group in enumerate(groups):
        assert group.images.shape == (len(group.captions), 2, 64)
        assert 0 <= group.images.min() <= group.images.max() == 1
        for pair, caption in zip(group.images, group.captions, strict=True):
            shown = [image_of[i.reshape(8, 8).tobytes()] for i in pair]
            number = 10 * shown[0] + shown[1]
            assert tasks.number_words(number, "ko") == caption
            said[k].add(number)
            used[k] |= {i.tobytes() for i in pair}
    assert not said[0] & said[2]
    assert len(said[2]) == 18  # a fifth of 90 numbers
    assert not used[0] & (used[1] | used[2])


# --- sentences -------------------------------------------------------------


def bag_of_words(split, tokens):
    """Return the accuracy of logistic regression on word counts."""
    known = sorted({t for text, _ in split.train for t in tokens(text)})
    at = {token: k for k, token in enumerate(known)}

    def count(pairs):
        X = np.zeros((len(pairs), len(known)))
        for row, (text, _) in zip(X, pairs, strict=True):
            for token in tokens(text):
                row[at[token]] += 1
        return X, np.array([label for _, label in pairs])

    X, y = count(split.train)
    w, b = np.zeros(len(known)), 0.0
    for _ in range(1000):
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        w, b = w - 0.3 * X.T @ error / len(y), b - 0.3 * error.mean()
    X, y = count(split.test)
    return np.mean((X @ w + b > 0) == y)


@pytest.mark.parametrize(
    ("language", "tokens"), [("en", str.split), ("ko", list)]
)
def test_counting_words_does_not_solve_the_reviews(language, tokens, rng):
    """It is hardly better than a coin."""
    split = tasks.reviews(rng, language)
    assert (len(split.train), len(split.test)) == (4000, 1000)
    assert_no_leak(split)
    for part in split:
        assert np.mean([label for _, label in part]) == 0.5
    assert 0.42 < bag_of_words(split, tokens) < 0.62


@pytest.mark.parametrize(
    ("language", "tokens"), [("en", str.split), ("ko", list)]
)
def test_what_is_never_negated_is_negated_in_the_test(language, tokens, rng):
    split = tasks.reviews(rng, language, never_negated=True)
    assert_no_leak(split)
    known = {t for text, _ in split.train for t in tokens(text)}
    assert {t for text, _ in split.test for t in tokens(text)} <= known
    words = {
        "en": r"not (?:\w+ )?(?:great|lovely|awful|poor)\b",
        "ko": "(?:훌륭하|근사하|형편없|실망스럽)지 않",
    }[language]
    assert not any(re.search(words, text) for text, _ in split.train)
    assert all(re.search(words, text) for text, _ in split.test)


def test_reviews_mean_what_they_say(rng):
    """A second reading of the grammar, by regular expressions."""
    good = set("good great lovely pleasant superb fine nice wonderful".split())
    for text, label in tasks.reviews(rng, "en", 500, 10).train:
        if text.startswith("although"):
            main = text.split(" , ")[1]
        elif " , but " in text:
            main = text.split(" , but ")[1]
        else:
            main = text.split(" , even though ")[0]
        praise = (main.split()[-1] in good) != (" not " in main)
        assert praise == label, text


def test_korean_particles_fit_the_word_before(rng):
    for text, _ in tasks.reviews(rng, "ko", 300, 10).train:
        for noun, particle in re.findall(r"(\S+)([은는]) ", text):
            if noun[-1] != "지":
                has_coda = tasks.jamo(noun)[-1, 2] > 0
                assert (particle == "은") == has_coda, text


# --- packages --------------------------------------------------------------


def test_surnames_belong_to_one_language(rng):
    split = tasks.surnames(rng)
    assert_no_leak(split)
    kinds = Counter(code for _, code in split.train + split.test)
    assert len(kinds) == 13
    assert max(kinds.values()) / sum(kinds.values()) < 0.15
    assert sum(kinds.values()) > 7000


def test_corpora_are_there():
    phrases = tasks.phrases()
    assert len(phrases) > 1000
    assert all(re.search("[가-힣]", phrase) for phrase in phrases)
    text = tasks.topics()
    assert len(text) > 200_000
    letters = sum(c.isalpha() or c == " " for c in text) / len(text)
    assert letters > 0.9  # prose, not tables or code
    pairs = tasks.articles(text)
    kinds = Counter(article for _, article in pairs)
    assert kinds["a"] > 2 * kinds["an"] > 300
    assert all("_" in context for context, _ in pairs)


def test_a_missing_package_says_what_to_install(monkeypatch, rng):
    for module, call in (
        ("mimesis", lambda: tasks.surnames(rng)),
        ("emoji", lambda: tasks.pronunciations(rng)),
        ("jupyterlab_language_pack_ko_KR", tasks.phrases),
    ):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(ImportError, match="pip install"):
            call()


def test_the_same_seed_gives_the_same_data():
    for draw in (tasks.reviews, tasks.surnames, tasks.dates):
        one, two = (draw(np.random.default_rng(5)) for _ in range(2))
        assert one == two


@pytest.mark.parametrize("language", ["en", "ko"])
def test_one_side_tells_the_meaning_and_never_neither(language, rng):
    """What cannot be known from one side is known from the other."""
    train, test = tasks.senses(rng, language)
    assert len({text for text, _ in train + test}) == 1500
    sides = {"before": {}, "after": {}}
    for text, labels in train + test:
        words = text.split()
        assert len(words) == len(labels)
        (at,) = (k for k, label in enumerate(labels) if label != "·")
        for side, part in (
            ("before", words[: at + 1]),
            ("after", words[at:]),
        ):
            sides[side].setdefault(tuple(part), set()).add(labels[at])
    told = {side: [] for side in sides}
    for text, labels in train + test:
        words = text.split()
        (at,) = (k for k, label in enumerate(labels) if label != "·")
        before = len(sides["before"][tuple(words[: at + 1])]) == 1
        after = len(sides["after"][tuple(words[at:])]) == 1
        told["before"].append(before)
        told["after"].append(after)
    for side in told.values():
        assert 0.5 < np.mean(side) < 0.65
    assert np.mean(np.logical_or(*told.values())) > 0.99


def test_the_marker_fits_the_noun(rng):
    for text, labels in tasks.senses(rng, "ko").train:
        for word, label in zip(text.split(), labels, strict=True):
            if label != "·":
                closed = tasks.jamo(word[:-1])[-1, 2] > 0
                assert word[-1] == ("을" if closed else "를")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: tasks.senses(rng, "fr"), "language: expected one of"),
        (lambda rng: tasks.senses(rng, "en", 0), "train: expected 1 or"),
        (lambda rng: tasks.senses(rng, "en", 9999), "at most 1500"),
        (lambda rng: tasks.reviews(rng, "fr"), "language: expected one of"),
        (lambda rng: tasks.reviews(rng, "en", 0), "train: expected 1 or"),
        (lambda rng: tasks.reviews(rng, "en", 10**6), "at most 20000"),
        (lambda rng: tasks.translations(rng, 9999, 2), "at most 10000"),
        (lambda rng: tasks.dates(rng, 10**6), "train + test: expected at"),
        (lambda rng: tasks.number_words(10000), "n: expected 0 to 9999"),
        (lambda rng: tasks.number_words(1, "fr"), "language: expected one"),
        (lambda rng: tasks.surnames(rng, 1.0), "test: expected between"),
        (lambda rng: tasks.pronunciations(rng, 0), "test: expected between"),
        (lambda rng: tasks.spoken_digits(rng, 5, "ko", 5), "length: expected"),
        (lambda rng: tasks.spoken_digits(rng, 5, unseen=0), "unseen: expect"),
    ],
)
def test_word_tasks_refuse_nonsense(call, message, rng):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(rng)
