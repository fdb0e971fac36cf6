"""The command line: one small file a command group, all over ``hrgc.session`` and the events of a run.

stdout is the product, stderr is talk. Commands raise ``HrgcError``; ``hrgc.__main__`` is the one door that prints it.
"""
