"""A good case file, which several tests break or extend."""

GOOD = """\
schema = 1
id = "good"
title = "A good file"

[sponsor]
name = "S"
aliases = ["Strong"]
description = "The sponsor."
source = "a"

[proxy]
name = "P"
description = "The proxy."
source = "a"

[sources.a]
citation = "Author, A. (2000). Title."
year = 2000

[[events]]
date = "2000"
text = "It begins."
source = "a"

[[events]]
date = "2001-05"
text = "It goes on."
source = "a"

[[power]]
id = "men"
unit = "men"
source = "a"
observations = [
  { date = "2000", sponsor = 30, proxy = 10 },
  { date = "2001-06", sponsor = 20.5, proxy = 10 },
]

[[series]]
id = "deaths"
unit = "deaths"
source = "a"
observations = [{ date = 2001-06-01, value = 0 }]

[outcome]
kind = "durable"
date = 2002
text = "It holds."
source = "a"
"""
