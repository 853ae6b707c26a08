"""Side-by-side measurements: ours and others', in one run, on one machine, told as ratios.

``python -m bench [ID …]`` prints one table per id and keeps the figures in ``bench/results.json``. Nothing here is a
test: missing a bar is printed, never an exit code. Never imported by the product.
"""
