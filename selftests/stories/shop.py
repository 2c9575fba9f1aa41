# SPDX-License-Identifier: GPL-2.0-only
"""A small web application as many are: a big table, loaded once before the workers are
forked, and a basket that each worker keeps for each visitor.

/        a visitor comes: 2000 new articles in a basket; the catalogue is not touched
/stock   reads the whole catalogue, changes nothing
/gc      how often this worker has collected everything that it knows
/pages   of the catalogue: pages that a collection writes to, pages that reading writes to
"""
import gc
import os


class Article:
    def __init__(self, number):
        self.number = number
        self.name = f"article {number}"
        self.tags = [number % 7, number % 11]


CATALOGUE = [Article(i) for i in range(60000)]
BASKETS = []
# The collector's word of an object stands in the 16 bytes before it, the reference count in
# its first ones.
COLLECTED = len({id(x) - 16 >> 12 for article in CATALOGUE for x in (article, article.tags)})
READ = len({id(article) >> 12 for article in CATALOGUE})
gc.collect()


def visit():
    BASKETS.append([Article(i) for i in range(2000)])
    return len(BASKETS)


def stock():
    return sum(article.number for article in CATALOGUE)


def collections():
    return gc.get_stats()[2]["collections"]


def pages():
    return f"{COLLECTED} {READ}"


PAGES = {"/": visit, "/stock": stock, "/gc": collections, "/pages": pages}


def application(environ, start_response):
    body = f"{os.getpid()} {PAGES[environ['PATH_INFO']]()}\n".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
