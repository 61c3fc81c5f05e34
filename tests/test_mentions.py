from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import mentions
from archiver.mentions import LANGUAGES
from archiver.model import Mention

CASES = (
    (
        "en",
        "The mayor tweeted on Tuesday: “Herons stay. Ponds too.” He then left.",
        "twitter",
        "Herons stay. Ponds too.",
        None,
    ),
    ("en", "“I have seen enough herons,” she tweeted. Nobody knew why.", "twitter", "I have seen enough herons", None),
    (
        "en",
        'In a now-deleted Instagram post, @nora_b wrote: "Grey, all of them".',
        "instagram",
        "Grey, all of them",
        "nora_b",
    ),
    ("en", "The keeper posted a long thread on X that nobody read.", "twitter", None, None),
    ("en", "She announced her leave on Threads.", "threads", None, None),
    ("en", "He took to Truth Social to complain.", "truthsocial", None, None),
    ("en", "They spoke in a video on TikTok.", "tiktok", None, None),
    (
        "de",
        "Die Ministerin schrieb am Montag auf X: „Das Moor bleibt.“ Danach schwieg sie.",
        "twitter",
        "Das Moor bleibt.",
        None,
    ),
    ("de-AT", "„Ich gehe jetzt“, twitterte Berg.", "twitter", "Ich gehe jetzt", None),
    ("de", "In einem Instagram-Beitrag dankte er allen.", "instagram", None, None),
    ("fr", "La ministre a écrit lundi sur Twitter : « Merci à tous ». Puis rien.", "twitter", "Merci à tous", None),
    ("fr", "Dans un message publié sur Facebook, le maire s'est excusé.", "facebook", None, None),
    ("es", "“Gracias a todas”, escribió en su cuenta de Instagram.", "instagram", "Gracias a todas", None),
    ("es", "El alcalde tuiteó: «No habrá más garzas».", "twitter", "No habrá más garzas", None),
    ("pt", "Ele escreveu no Twitter: “Obrigado a todos”.", "twitter", "Obrigado a todos", None),
    ("pt-BR", "A prefeita publicou um vídeo no TikTok.", "tiktok", None, None),
    ("it", "Il sindaco ha scritto su Facebook: «Grazie a tutti».", "facebook", "Grazie a tutti", None),
    ("it", "In un post su Bluesky la ricercatrice spiega.", "bluesky", None, None),
)

NONE = (
    ("en", "Write X on paper; the letter x on it. He put threads on the loom."),
    ("en", "He said “I tweeted that” in court."),
    ("en", "Follow us on Twitter and Facebook."),
    ("en", "The retweetedness of things."),
    ("en", "She wrote a book on threads."),
    ("de", "Er kaufte Twitter."),
    ("nl", "Hij schreef op Twitter dat het regende."),
    ("fr", "She tweeted that."),
)


@pytest.mark.parametrize(("lang", "text", "platform", "quote", "handle"), CASES)
def test_a_sentence_that_speaks_of_a_post(
    lang: str, text: str, platform: str, quote: str | None, handle: str | None
) -> None:
    (found,) = mentions.find([text], lang)
    assert (found.platform, found.quote, found.handle) == (platform, quote, handle)
    assert found.lang == lang[:2]
    assert found.phrase.lower() in text.lower()


@pytest.mark.parametrize(("lang", "text"), NONE)
def test_what_speaks_of_no_post(lang: str, text: str) -> None:
    assert mentions.find([text], lang) == ()


def _phrases() -> list[tuple[str, str, str]]:
    """Each phrase of each language with its platform, written out in one of the ways that it stands for."""
    told = json.loads((Path(mentions.__file__).parent / "mentions.json").read_text(encoding="utf-8"))
    names = [(platform, name.lstrip("=")) for platform, names in told["platforms"].items() for name in names]
    found = []
    for lang, kinds in told["languages"].items():
        for kind, phrases in kinds.items():
            for number, phrase in enumerate(phrases):
                platform, name = names[number % len(names)] if kind == "any" else (kind, "")
                found.append((lang, platform, phrase.replace("{platform}", name).replace("…", "ganz kurz")))
    return found


def test_every_phrase_is_found_by_itself() -> None:
    missed = [
        (lang, phrase)
        for lang, platform, phrase in _phrases()
        if [(m.platform, m.lang) for m in mentions.find([f"Und so {phrase}, dann."], lang)] != [(platform, lang)]
    ]
    assert missed == []
    assert len(_phrases()) > 150


def test_all_languages_have_cases() -> None:
    assert {lang[:2] for lang, *_ in CASES} == set(LANGUAGES)


def test_without_a_language_all_phrases_are_looked_for() -> None:
    texts = [text for _, text, *_ in CASES]
    assert {found.lang for found in mentions.find(texts, None)} == set(LANGUAGES)


def test_a_sentence_is_told_once_with_a_window_around_it() -> None:
    text = f"First. {'Long words before it ' * 40}she tweeted, and retweeted, {'and so on ' * 60}. Last."
    (found,) = mentions.find([text, text], "en")
    assert found.phrase == "tweeted"
    assert 500 < len(found.sentence) < 600
    assert "First" not in found.sentence


def test_a_quotation_far_away_is_not_that_of_the_phrase() -> None:
    (found,) = mentions.find([f"She tweeted about it. {'Other things went on. ' * 12}“Something else”, he said."], "en")
    assert found.quote is None


@given(st.lists(st.text() | st.sampled_from([text for _, text, *_ in CASES])), st.sampled_from((None, *LANGUAGES)))
def test_whatever_stands_there_can_be_read(paragraphs: list[str], lang: str | None) -> None:
    joined = " ".join(" ".join(p.split()) for p in paragraphs)
    for found in mentions.find(paragraphs, lang):
        assert isinstance(found, Mention)
        assert found.sentence in joined
        assert found.quote is None or found.quote in joined
        assert any(mentions.may_speak(p) for p in paragraphs)


@pytest.mark.parametrize(
    "text",
    ["posted a b c " * 5000 + "on Twitter", "“" * 20_000 + " tweeted ", "tweeted “a " * 5000, "tweeted. A " * 5000],
)
def test_hostile_prose_takes_no_long_time(text: str) -> None:
    started = time.process_time()
    assert len(mentions.find([text] * 5, None)) <= 200
    assert time.process_time() - started < 5
