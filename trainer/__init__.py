"""The trainer: tokenizer, training pairs, model, training, evaluation and export, one stage a file."""
