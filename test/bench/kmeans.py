"""kmeans.py ROWS MODEL: seconds of CPU that scikit-learn's KMeans needs for one start.

The same number of clusters and iterations as kmeans_fit's, in one thread, on rows
that are in memory; fails unless both sums of squares are near each other: a start of
its own may end in a worse place, one in ten of either here.
"""
import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans

x = np.loadtxt(sys.argv[1])
model = json.load(open(sys.argv[2]))
seconds = []
for seed in range(3):
    start = time.process_time()
    found = KMeans(model["k"], n_init=1, algorithm="lloyd", max_iter=20, tol=0, random_state=seed).fit(x)
    seconds.append((time.process_time() - start) * 20 / found.n_iter_)
    if not abs(found.inertia_ / model["objective"] - 1) < 0.1:
        sys.exit("not near the same sum: %r and %r" % (found.inertia_, model["objective"]))
print("%.4f" % np.median(seconds))
