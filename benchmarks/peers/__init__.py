"""Workers: each reads pages in its own way, in one thread on one core.

Set here because it must come before a worker's imports: the linear algebra behind tweetfinder's language detection
otherwise keeps a thread busy on every core, and those would count as its CPU time.
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
