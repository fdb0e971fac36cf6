"""llama.cpp behind a small typed surface: one loaded model with one context of many sequences.

The only file that imports ``llama_cpp``. It prints nothing (llama.cpp's log goes to a callback), knows nothing of plans
or prompts, and is not thread-safe by itself: ``hrgc.sequence_model`` holds the lock.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgc.batch import Batch
from hrgc.cores import physical_cores
from hrgc.errors import ModelError
from hrgc.gguf_check import check
from hrgc.gguf_header import Header, printable, read_header
from hrgc.plugin import Budget

__all__ = ["BATCH", "SEQUENCES", "SPARE_CELLS", "Batch", "Logits", "Runtime", "StoppedError"]

Logits = NDArray[np.float32]
"""Float32 matrix of shape (outputs of the batch, vocabulary)."""

SEQUENCES = 256
"""Sequences of a context: llama.cpp's own limit."""
BATCH = 2048
"""Most tokens of one decode call."""
PHYSICAL_BATCH = 512
"""Tokens that go through the graph at once; larger ones gain nothing on a CPU."""
SPARE_CELLS = 2560
"""Cells of the cache beside those of the prompt, for the sequences that fork from it."""

SPINS = "400"
"""Turns a thread waits busily for the others before it sleeps (libgomp's ``GOMP_SPINCOUNT``): some microseconds.

libgomp's own 300,000 cost up to 30 times the time as soon as another process wants a core; 0 costs twice the time.
"""

_ABORTED = 2
_GO, _STOP = b"\0", b"\1"
_LOG_ERROR = 3
_log_errors: deque[str] = deque(maxlen=8)


class StoppedError(Exception):
    """A decode was cut short because the budget is over; caught by ``hrgc.sequence_model``, never shown."""


class Runtime:
    """One GGUF in memory, ready to decode."""

    def __init__(self, path: Path, *, threads: int | None = None, most_positions: int = 1 << 17) -> None:
        """Load *path* after checking it; raises ModelError for a file that llama.cpp cannot or must not load."""
        self.header: Header = read_header(path)
        check(self.header)
        self.positions = min(self.header.context_length, most_positions)
        self.threads = threads or physical_cores()
        self._native = _native()
        self._flag = ctypes.create_string_buffer(2)
        self._model = self._context = None
        try:
            self._model = _load(self._native, path)
            self._check_kind(path)
            self._context = self._open_context()
            self._vocabulary = self._native.llama_model_get_vocab(self._model)
            self._memory = self._native.llama_get_memory(self._context)
            self.vocabulary_size = self._native.llama_vocab_n_tokens(self._vocabulary)
            self.parameters = self._native.llama_model_n_params(self._model)
            self._warm_up(path)
        except BaseException:
            self.close()
            raise

    def _check_kind(self, path: Path) -> None:
        """Refuse models whose memory cannot be shared by sequences, and those with an encoder."""
        native = self._native
        unfit = (
            ("has an encoder", native.llama_model_has_encoder(self._model)),
            ("has no decoder", not native.llama_model_has_decoder(self._model)),
            ("is recurrent", native.llama_model_is_recurrent(self._model)),
            ("is partly recurrent", native.llama_model_is_hybrid(self._model)),
            ("is a diffusion model", native.llama_model_is_diffusion(self._model)),
        )
        for what, found in unfit:
            if found:
                raise ModelError(f"{path} {what}: only decoders with attention can be used", _BROKEN_HINT)

    def _open_context(self) -> Any:
        """Make the context: one cell buffer that all sequences share, and an abort callback."""
        params = self._native.llama_context_default_params()
        params.n_ctx = self.positions + SPARE_CELLS
        params.n_batch, params.n_ubatch = BATCH, PHYSICAL_BATCH
        params.n_seq_max, params.kv_unified = SEQUENCES, True
        params.n_threads = params.n_threads_batch = self.threads
        context = self._native.llama_init_from_model(self._model, params)
        if not context:
            raise ModelError(f"llama.cpp cannot run {self.header.path.name}: {_last_error()}", _BROKEN_HINT)
        self._native.llama_set_abort_callback(
            context, _stop_test(self._native.ggml_abort_callback), ctypes.cast(self._flag, ctypes.c_void_p)
        )
        return context

    def _warm_up(self, path: Path) -> None:
        """Decode one token: touches every weight, and shows damaged ones (llama.cpp's own check prints to fd 2)."""
        batch = Batch()
        batch.add(0, 0, (0,), output=True)
        if not np.isfinite(self.decode(batch)).all():
            raise ModelError(f"the weights in {path} are damaged: the model computes no numbers", _BROKEN_HINT)
        self.clear()

    def decode(self, batch: Batch) -> Logits:
        """Run *batch* and return the logits of its outputs, in batch order, valid until the next call.

        Raises StoppedError when the budget of ``stoppable`` ended; the sequences' contents are then unknown: ``clear``.
        """
        native: Any = self._native.llama_batch()
        kept_alive = batch.fill(native)
        code = self._native.llama_decode(self._context, native)
        del kept_alive
        if code == _ABORTED:
            raise StoppedError
        if code != 0:
            raise RuntimeError(f"llama_decode failed with {code} on {len(batch)} tokens: {_last_error()}")
        outputs = sum(batch.outputs)
        if outputs == 0:
            return np.empty((0, self.vocabulary_size), np.float32)
        data = self._native.llama_get_logits(self._context)
        return np.ctypeslib.as_array(data, shape=(outputs, self.vocabulary_size))

    def fork(self, source: int, target: int, positions: int) -> None:
        """Let *target* share the first *positions* cells of *source*."""
        self._native.llama_memory_seq_cp(self._memory, source, target, 0, positions)

    def cut(self, sequence: int, position: int) -> None:
        """Forget what *sequence* holds from *position* on; -1 for every sequence."""
        self._native.llama_memory_seq_rm(self._memory, sequence, position, -1)

    def keep(self, sequence: int) -> None:
        """Forget every sequence but one."""
        self._native.llama_memory_seq_keep(self._memory, sequence)

    def clear(self) -> None:
        """Forget everything."""
        self._native.llama_memory_clear(self._memory, False)  # noqa: FBT003 - a C function without keywords

    @contextmanager
    def stoppable(self, budget: Budget) -> Iterator[None]:
        """End decodes inside the block with StoppedError once *budget* is over, within one layer's work."""
        self._flag[0] = _GO
        if budget.over:
            raise StoppedError
        forget = budget.cancel.add(self._stop)
        timer = None
        if budget.left < threading.TIMEOUT_MAX:
            timer = threading.Timer(budget.left, self._stop)
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            forget()
            if timer:
                timer.cancel()
                timer.join()
            self._flag[0] = _GO

    def _stop(self) -> None:
        """Raise the flag that the running decode reads."""
        self._flag[0] = _STOP

    def tokenize(self, text: str) -> tuple[int, ...]:
        """Return the ids of *text* without any start or end token; text that spells a special token is not parsed.

        User-defined tokens match even so: hand in what ``hrgc.tokens.plain`` returns.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        ids = (ctypes.c_int32 * room)()
        count = self._native.llama_tokenize(self._vocabulary, data, len(data), ids, room, False, False)  # noqa: FBT003 - likewise
        if count < 0:
            raise RuntimeError(f"llama_tokenize wants {-count} ids for {len(data)} bytes")
        return tuple(ids[:count])

    def piece(self, token: int) -> bytes:
        """Return the bytes that *token* stands for, b'' for control tokens."""
        for room in (64, 4096):
            text = ctypes.create_string_buffer(room)
            size = self._native.llama_token_to_piece(self._vocabulary, token, text, room, 0, False)  # noqa: FBT003 - likewise
            if size >= 0:
                return text.raw[:size]
        raise RuntimeError(f"token {token} is longer than 4096 bytes")

    def plain_speed(self, prompt: int, decode: int) -> tuple[float, float]:
        """Return (prompt, decode) tokens per second as llama.cpp's own benchmark measures them.

        A fresh context with its default parameters runs one batch of *prompt* tokens, then *decode* single ones; the
        times are llama.cpp's.
        """
        native = self._native
        params = native.llama_context_default_params()
        params.n_ctx, params.no_perf = prompt + decode, False
        params.n_threads = params.n_threads_batch = self.threads
        context = native.llama_init_from_model(self._model, params)
        try:
            for warm in (True, False):
                native.llama_memory_clear(native.llama_get_memory(context), False)  # noqa: FBT003 - likewise
                native.llama_perf_context_reset(context)
                for size in (prompt, *(1,) * (2 if warm else decode)):
                    ids = (ctypes.c_int32 * size)(*(5 + at % 90 for at in range(size)))
                    if native.llama_decode(context, native.llama_batch_get_one(ids, size)) != 0:
                        raise RuntimeError(f"llama_decode failed: {_last_error()}")
                    native.llama_synchronize(context)
            perf = native.llama_perf_context(context)
            return 1e3 * perf.n_p_eval / perf.t_p_eval_ms, 1e3 * perf.n_eval / perf.t_eval_ms
        finally:
            native.llama_free(context)

    def close(self) -> None:
        """Free context and model; harmless when done already."""
        if self._context:
            self._native.llama_free(self._context)
        if self._model:
            self._native.llama_model_free(self._model)
        self._context = self._model = None


_BROKEN_HINT = "check the file with: hrgc model verify; or go on without a model: --model none"


@lru_cache(maxsize=1)
def _native() -> Any:
    """Return the ``llama_cpp`` module, started once and with its log kept from the terminal."""
    with _busy_waiting(SPINS):
        import llama_cpp  # noqa: PLC0415 - libgomp reads its environment when it is loaded, not later

    llama_cpp.llama_log_set(_log_callback(), ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    return llama_cpp


@contextmanager
def _busy_waiting(spins: str) -> Iterator[None]:
    """Set libgomp's busy waiting inside the block, unless the user has set it."""
    name = "GOMP_SPINCOUNT"
    if name in os.environ or "OMP_WAIT_POLICY" in os.environ:
        yield
        return
    os.environ[name] = spins
    try:
        yield
    finally:
        del os.environ[name]


@lru_cache(maxsize=1)
def _log_callback() -> Any:
    """Return the callback that keeps the last error lines; the cache keeps it alive as long as the library."""
    kind = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
    return kind(_log)


def _log(level: int, text: bytes, _data: object) -> None:
    """Keep an error line for the message of a failed load, drop the rest."""
    if level == _LOG_ERROR:
        _log_errors.append(text.decode("utf-8", "replace").strip())


def _last_error() -> str:
    """Return llama.cpp's own words for what went wrong last."""
    return _log_errors[-1] if _log_errors else "no reason given"


def _load(native: Any, path: Path) -> Any:
    """Load the weights through mmap; raises ModelError with llama.cpp's reason."""
    params = native.llama_model_default_params()
    params.n_gpu_layers = 0
    params.load_mode = native.LLAMA_LOAD_MODE_MMAP
    # Weights packed anew for AMX tiles crash where a machine tells of AMX and refuses the tiles' configuration.
    params.use_extra_bufts = False
    _log_errors.clear()
    model = native.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        reason = next((line for line in _log_errors if "error loading model" in line), _last_error())
        raise ModelError(
            f"llama.cpp cannot load {path}: {printable(reason.rpartition('error loading model: ')[2])}", _BROKEN_HINT
        )
    return model


@lru_cache(maxsize=1)
def _stop_test(kind: Any) -> Any:
    """Return the abort callback: C's ``strlen`` over the flag's bytes, which is 0 until the flag is raised.

    llama.cpp asks some hundred times a decode, from its own thread. A Python function would wait for the interpreter
    lock each time, up to 5 ms beside a busy thread; a C function waits for nothing.
    """
    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    address = ctypes.cast(library.strlen, ctypes.c_void_p).value
    return kind(address)
