"""Trains two tiny SentencePiece models on the text below and writes the ids that SentencePiece itself gives.

Needs Debian's python3-sentencepiece (0.1.97):  /usr/bin/python3 make.py
"""
import json
import os
import random

import sentencepiece as spm

here = os.path.dirname(os.path.abspath(__file__))
lines = [
    "the small cat sat on the mat and the cat slept",
    "a dog and a cat ran to the small house on the hill",
    "she said that the house was small and that the hill was not",
    "he ran and ran and then he sat on the hill with the dog",
    "les chats dorment, les chiens courent; été, café, garçon",
    "one two three four five six seven eight nine ten 1234567890",
] * 20
samples = [
    "", "the cat", " the cat", "the  cat ", "  two   blanks", "small house!", "été café", "cafe\u0301", "日本 語", "😀 smile", "a\tb\nc", "ｃａｔ ﬁ", "<s>the</s>",
    "CAT", "12 345", "▁the▁cat", "\u200bthe\u3000hill", "ran\r\nto", "the" * 40, "zzz qqq", "-.,;:!?",
]
random.seed(5)
alphabet = "abcdefghijklmnopqrstuvwxyz     éàçÉß½²日本ﬁ😀\t\n<>'"
samples += ["".join(random.choice(alphabet) for _ in range(random.randrange(1, 40))) for _ in range(60)]

rules = os.path.join(here, "rules.tsv")
with open(rules, "w") as f:
    for source, target in [("ﬁ", "fi"), ("½", "1/2"), ("É", "é"), ("\u3000", " "), ("\t", " "), ("\n", " "), ("\r", " "), ("ｃ", "c"), ("ａ", "a"), ("ｔ", "t"), ("e\u0301", "é"), ("\u200b", "")]:
        f.write(" ".join("%X" % ord(c) for c in source) + "\t" + " ".join("%X" % ord(c) for c in target) + "\n")


def make(name, **options):
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_prefix=os.path.join(here, name), user_defined_symbols=["<user>"], minloglevel=2, num_threads=1, **options)
    os.remove(os.path.join(here, name + ".vocab"))
    os.rename(os.path.join(here, name + ".model"), os.path.join(here, name, "tokenizer.model"))
    processor = spm.SentencePieceProcessor(model_file=os.path.join(here, name, "tokenizer.model"))
    with open(os.path.join(here, name, "golden.json"), "w") as f:
        json.dump([{"text": s, "ids": processor.encode(s)} for s in samples], f, ensure_ascii=True, separators=(",", ":"))
        f.write("\n")


for name in ("bpe", "unigram"):
    os.makedirs(os.path.join(here, name), exist_ok=True)
make("bpe", model_type="bpe", vocab_size=420, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, character_coverage=0.98)
make("unigram", model_type="unigram", vocab_size=66, normalization_rule_tsv=rules, character_coverage=0.98)
os.remove(rules)
