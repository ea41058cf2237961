"""A Whisper as small as can be, made of seeded noise: what loads and decodes it is the real path, what it says is not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH, HEADS, LAYERS, MELS = 64, 2, 1, 80
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    *(f"<|{n * 0.02:.2f}|>" for n in range(1501)),
)


def make(folder: Path, *, seed: int = 7) -> Path:
    """A model pack under `folder` as CTranslate2 and faster-whisper read it."""
    folder.mkdir(parents=True)
    words = _tokenizer(folder)
    spec = WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    _fill(spec, np.random.default_rng(seed), len(words))
    spec.register_vocabulary(words)
    spec.config.alignment_heads = [[0, 0], [0, 1]]
    spec.config.lang_ids = [words.index("<|en|>")]
    spec.config.suppress_ids = [-1]
    spec.config.suppress_ids_begin = [words.index("<|endoftext|>")]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"feature_size": MELS, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400})
    )
    return folder


def _tokenizer(folder: Path) -> list[str]:
    """Bytes as tokens and Whisper's special ones behind them; the vocabulary in order."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={sign: place for place, sign in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.save(str(folder / "tokenizer.json"))
    return [*alphabet, *SPECIAL]


def _fill(spec: Any, noise: np.random.Generator, vocabulary: int) -> None:
    shapes = {
        "encoder.conv1.weight": (WIDTH, MELS, 3),
        "encoder.conv1.bias": (WIDTH,),
        "encoder.conv2.weight": (WIDTH, WIDTH, 3),
        "encoder.conv2.bias": (WIDTH,),
        "encoder.position_encodings.encodings": (1500, WIDTH),
        "decoder.embeddings.weight": (vocabulary, WIDTH),
        "decoder.position_encodings.encodings": (448, WIDTH),
        "decoder.projection.weight": (vocabulary, WIDTH),
    }

    def random(*shape: int) -> np.ndarray:
        return (noise.standard_normal(shape) * 0.1).astype(np.float32)

    for path, shape in shapes.items():
        *names, last = path.split(".")
        place = spec
        for name in names:
            place = getattr(place, name)
        setattr(place, last, random(*shape))
    spec.decoder.scale_embeddings = False
    for side in (spec.encoder, spec.decoder):
        _norm(side.layer_norm)
        for layer in side.layer:
            attentions = [(layer.self_attention, 3)]
            if side is spec.decoder:
                attentions.append((layer.attention, 0))
            for attention, joined in attentions:
                _norm(attention.layer_norm)
                widths = (WIDTH * 3, WIDTH) if joined else (WIDTH, WIDTH * 2, WIDTH)
                for linear, width in zip(attention.linear, widths, strict=True):
                    linear.weight, linear.bias = random(width, WIDTH), random(width)
            _norm(layer.ffn.layer_norm)
            layer.ffn.linear_0.weight, layer.ffn.linear_0.bias = random(WIDTH * 4, WIDTH), random(WIDTH * 4)
            layer.ffn.linear_1.weight, layer.ffn.linear_1.bias = random(WIDTH, WIDTH * 4), random(WIDTH)


def _norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, dtype=np.float32), np.zeros(WIDTH, dtype=np.float32)
