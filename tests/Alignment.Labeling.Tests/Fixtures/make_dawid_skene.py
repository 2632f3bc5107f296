"""Makes dawid_skene.json: the EM of Dawid and Skene (1979) on the ratings of their Table 1, in numpy, from the paper's formulas.

One text a patient: the first anaesthetist's three ratings, then one of each of the other four.
"""
import json
import numpy as np

PATIENTS = """1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222""".split()
OBSERVER = [0, 0, 0, 1, 2, 3, 4]
assert len(PATIENTS) == 45

n = np.zeros((45, 5, 4))
for i, ratings in enumerate(PATIENTS):
    for k, rating in zip(OBSERVER, ratings):
        n[i, k, int(rating) - 1] += 1

t = n.sum(1) / n.sum((1, 2))[:, None]                      # (3.1)
for _ in range(2000):
    p = t.mean(0)                                          # (2.4)
    pi = np.einsum("ij,ikl->kjl", t, n)                    # (2.3)
    pi /= pi.sum(2, keepdims=True)
    like = p * np.prod(np.where(n[:, :, None, :] > 0, pi[None] ** n[:, :, None, :], 1.0), axis=(1, 3))
    t = like / like.sum(1, keepdims=True)                  # (2.5)

json.dump({"patients": PATIENTS, "classes": p.round(9).tolist(), "truth": t.round(9).tolist(), "error_rates": pi.round(9).tolist(),
           "log_likelihood": round(float(np.log(like.sum(1)).sum()), 7)}, open("dawid_skene.json", "w"))
print(p.round(4), pi.round(2), np.log(like.sum(1)).sum())
