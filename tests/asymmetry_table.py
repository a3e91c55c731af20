"""The asymmetry hypothesis, by synergy, sharing rule, contest and enforcement: what is true, and where it is false.

Columns: synergy, sharing, contest, enforcement, answer; where the answer is "false", the open parameters of a model that
contradicts the claim (v value, r rival, τ exposure, k conflict cost, w wage), two gaps at which it does, and whose critical
discount factor it is. "true" rows were proved, "false" ones refuted, by ``ASYMMETRY.prove``; under the difference contest,
whose payoffs are no fractions, some of the false ones were found by ``falsify``. "open" ones are neither proved nor refuted.
"given" takes conflict for ever as given, assuming that both prefer the alliance to it; "nash" is reversion to the worst
stage equilibrium; "+" is the same with side payments.
"""

ROWS = """
complementarity | proportional | lottery | given | false | v=3 τ=1 k=2/5 | 1/4 1/2 | proxy
complementarity | proportional | lottery | nash | false | v=1/2 τ=1/2 k=1/10 | 1/10 3/25 | proxy
complementarity | proportional | lottery | given+ | true
complementarity | proportional | lottery | nash+ | false | v=1/2 τ=1/2 k=1/10 | 1/10 3/25 | sponsor
complementarity | equal | lottery | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
complementarity | equal | lottery | nash | false | v=1 τ=1 k=1/4 | 0 3/4 | sponsor
complementarity | equal | lottery | given+ | true
complementarity | equal | lottery | nash+ | false | v=1/2 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | bargaining | lottery | given | false | v=2 τ=1 k=2/5 | 1/4 3/4 | sponsor
complementarity | bargaining | lottery | nash | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
complementarity | bargaining | lottery | given+ | true
complementarity | bargaining | lottery | nash+ | false | v=1/2 τ=1/2 k=1/10 | 1/10 3/25 | sponsor
complementarity | wage | lottery | given | false | v=1/2 τ=1 k=1/3 w=1/2 | 0 3/4 | sponsor
complementarity | wage | lottery | nash | false | v=1/3 τ=3/5 k=1/5 w=3/8 | 1/4 3/4 | sponsor
complementarity | wage | lottery | given+ | false | v=1 τ=1 k=4/9 w=2/3 | 0 1/10 | sponsor
complementarity | wage | lottery | nash+ | false | v=1/8 τ=1 k=1/3 w=5/8 | 0 1/4 | sponsor
constant | proportional | lottery | given | false | v=2 τ=1 k=1/3 | 0 1/2 | proxy
constant | proportional | lottery | nash | false | v=1/5 τ=3/4 k=1/8 | 0 1/4 | proxy
constant | proportional | lottery | given+ | true
constant | proportional | lottery | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/4 | sponsor
constant | equal | lottery | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
constant | equal | lottery | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | equal | lottery | given+ | true
constant | equal | lottery | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | bargaining | lottery | given | false | v=2 τ=1 k=1/3 | 0 3/4 | sponsor
constant | bargaining | lottery | nash | false | v=1/6 τ=1/2 k=1/10 | 0 3/4 | sponsor
constant | bargaining | lottery | given+ | true
constant | bargaining | lottery | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/10 | sponsor
constant | wage | lottery | given | false | v=1/3 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
constant | wage | lottery | nash | false | v=1/4 τ=1 k=1/6 w=1/2 | 1/3 7/12 | sponsor
constant | wage | lottery | given+ | false | v=1/3 τ=1 k=1/3 w=3/4 | 0 3/4 | sponsor
constant | wage | lottery | nash+ | false | v=2/5 τ=1 k=1/10 w=3/4 | 0 1/4 | sponsor
aggregation | proportional | lottery | given | false | v=1 τ=1 k=1/3 | 0 1/4 | proxy
aggregation | proportional | lottery | nash | false | v=1/2 τ=5/6 k=1/10 | 0 1/4 | proxy
aggregation | proportional | lottery | given+ | true
aggregation | proportional | lottery | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/4 | sponsor
aggregation | equal | lottery | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | lottery | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | equal | lottery | given+ | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | lottery | nash+ | false | v=1/8 τ=1 k=1/8 | 0 1/2 | sponsor
aggregation | bargaining | lottery | given | false | v=1 τ=1 k=1/3 | 0 1/2 | sponsor
aggregation | bargaining | lottery | nash | false | v=1/2 τ=5/6 k=1/10 | 0 3/4 | sponsor
aggregation | bargaining | lottery | given+ | true
aggregation | bargaining | lottery | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/4 | sponsor
aggregation | wage | lottery | given | false | v=1/3 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | lottery | nash | false | v=1/2 τ=7/8 k=1/8 w=1/2 | 1/2 3/4 | sponsor
aggregation | wage | lottery | given+ | false | v=1 τ=1 k=1/4 w=3/4 | 1/4 3/4 | sponsor
aggregation | wage | lottery | nash+ | false | v=1 τ=1 k=1/32 w=7/8 | 1/2 3/4 | sponsor
common threat | proportional | lottery | given | false | v=1 r=1 τ=1 k=1/20 | 0 1/2 | proxy
common threat | proportional | lottery | nash | false | v=1 r=1 τ=1/2 k=1/20 | 0 1/2 | proxy
common threat | proportional | lottery | given+ | false | v=1 r=1 τ=1 k=1/3 | 0 1/20 | sponsor
common threat | proportional | lottery | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | equal | lottery | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | lottery | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | equal | lottery | given+ | false | v=1 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | lottery | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | bargaining | lottery | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/10 | sponsor
common threat | bargaining | lottery | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 3/4 | sponsor
common threat | bargaining | lottery | given+ | false | v=101 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | bargaining | lottery | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | wage | lottery | given | false | v=1 r=1 τ=1 k=1/3 w=1/2 | 1/4 1/2 | sponsor
common threat | wage | lottery | nash | false | v=3 r=1 τ=7/8 k=1/8 w=1/2 | 7/20 2/5 | sponsor
common threat | wage | lottery | given+ | false | v=1 r=1 τ=1 k=1/3 w=1/2 | 1/4 1/2 | sponsor
common threat | wage | lottery | nash+ | false | v=1 r=1 τ=1 k=1/10 w=1/2 | 0 3/4 | sponsor
complementarity | proportional | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
complementarity | proportional | m = 2 | nash | false | v=1 τ=1 k=1/4 | 0 3/4 | sponsor
complementarity | proportional | m = 2 | given+ | true
complementarity | proportional | m = 2 | nash+ | false | v=1/2 τ=1 k=1/4 | 0 1/10 | sponsor
complementarity | equal | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
complementarity | equal | m = 2 | nash | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | equal | m = 2 | given+ | true
complementarity | equal | m = 2 | nash+ | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | bargaining | m = 2 | given | false | v=2 τ=1 k=2/5 | 1/4 3/4 | sponsor
complementarity | bargaining | m = 2 | nash | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
complementarity | bargaining | m = 2 | given+ | false | v=83 τ=1 k=9/19 | 1/2 3/4 | sponsor
complementarity | bargaining | m = 2 | nash+ | false | v=1/5 τ=1/2 k=1/10 | 7/50 4/25 | sponsor
complementarity | wage | m = 2 | given | false | v=1 τ=1 k=1/3 w=1/2 | 0 1/4 | sponsor
complementarity | wage | m = 2 | nash | false | v=1/4 τ=1/2 k=1/12 w=1/4 | 1/2 3/4 | sponsor
complementarity | wage | m = 2 | given+ | false | v=1 τ=1 k=31/63 w=2/3 | 0 1/4 | sponsor
complementarity | wage | m = 2 | nash+ | false | v=1/4 τ=1 k=1/3 w=5/8 | 0 1/4 | sponsor
constant | proportional | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
constant | proportional | m = 2 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 3/4 | sponsor
constant | proportional | m = 2 | given+ | true
constant | proportional | m = 2 | nash+ | false | v=1/5 τ=3/4 k=1/8 | 0 1/4 | sponsor
constant | equal | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
constant | equal | m = 2 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | equal | m = 2 | given+ | true
constant | equal | m = 2 | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | bargaining | m = 2 | given | false | v=3 τ=1 k=1/3 | 0 3/4 | sponsor
constant | bargaining | m = 2 | nash | false | v=1/6 τ=1/2 k=1/10 | 0 3/4 | sponsor
constant | bargaining | m = 2 | given+ | true
constant | bargaining | m = 2 | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/20 | sponsor
constant | wage | m = 2 | given | false | v=1/2 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
constant | wage | m = 2 | nash | false | v=1/2 τ=1 k=1/100 w=1/2 | 4/5 9/10 | sponsor
constant | wage | m = 2 | given+ | false | v=1/3 τ=1 k=1/3 w=3/4 | 0 1/2 | sponsor
constant | wage | m = 2 | nash+ | false | v=2/3 τ=1 k=1/64 w=7/8 | 0 1/2 | sponsor
aggregation | proportional | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
aggregation | proportional | m = 2 | nash | false | v=1/2 τ=5/6 k=1/10 | 0 3/4 | sponsor
aggregation | proportional | m = 2 | given+ | true
aggregation | proportional | m = 2 | nash+ | false | v=1/5 τ=3/4 k=1/8 | 0 1/4 | sponsor
aggregation | equal | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | m = 2 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | equal | m = 2 | given+ | false | v=2 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | m = 2 | nash+ | false | v=1 τ=1 k=1/20 | 1/4 1/2 | sponsor
aggregation | bargaining | m = 2 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
aggregation | bargaining | m = 2 | nash | false | v=1/2 τ=5/6 k=1/10 | 0 3/4 | sponsor
aggregation | bargaining | m = 2 | given+ | true
aggregation | bargaining | m = 2 | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/20 | sponsor
aggregation | wage | m = 2 | given | false | v=1/2 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | m = 2 | nash | false | v=1/2 τ=1 k=1/10 w=1/2 | 2/5 1/2 | sponsor
aggregation | wage | m = 2 | given+ | false | v=1 τ=1 k=1/5 w=3/4 | 1/4 1/2 | sponsor
aggregation | wage | m = 2 | nash+ | false | v=1 τ=1 k=1/64 w=7/8 | 2/5 1/2 | sponsor
common threat | proportional | m = 2 | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | proportional | m = 2 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | proportional | m = 2 | given+ | false | v=2 r=1 τ=1 k=1/3 | 0 1/20 | sponsor
common threat | proportional | m = 2 | nash+ | false | v=4 r=1/2 τ=1 k=1/840 | 0 1/4 | sponsor
common threat | equal | m = 2 | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | equal | m = 2 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | equal | m = 2 | given+ | false | v=2 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | m = 2 | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | bargaining | m = 2 | given | false | v=5 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | bargaining | m = 2 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 3/4 | sponsor
common threat | bargaining | m = 2 | given+ | false | v=9 r=1 τ=1 k=1/3 | 0 1/20 | sponsor
common threat | bargaining | m = 2 | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/10 | sponsor
common threat | wage | m = 2 | given | false | v=1 r=1 τ=1 k=1/3 w=1/2 | 0 1/2 | sponsor
common threat | wage | m = 2 | nash | false | v=4 r=1 τ=1 k=1/10 w=1/2 | 7/20 2/5 | sponsor
common threat | wage | m = 2 | given+ | false | v=1 r=1 τ=1 k=1/3 w=1/2 | 1/4 1/2 | sponsor
common threat | wage | m = 2 | nash+ | false | v=1 r=1 τ=1/2 k=1/64 w=1/4 | 7/20 2/5 | sponsor
complementarity | proportional | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
complementarity | proportional | m = 3 | nash | false | v=1 τ=1 k=1/4 | 0 3/4 | sponsor
complementarity | proportional | m = 3 | given+ | true
complementarity | proportional | m = 3 | nash+ | false | v=1 τ=1 k=1/4 | 0 1/10 | sponsor
complementarity | equal | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 1/2 | sponsor
complementarity | equal | m = 3 | nash | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | equal | m = 3 | given+ | true
complementarity | equal | m = 3 | nash+ | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | bargaining | m = 3 | given | false | v=2 τ=1 k=2/5 | 1/4 3/4 | sponsor
complementarity | bargaining | m = 3 | nash | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
complementarity | bargaining | m = 3 | given+ | false | v=4 τ=1 k=1/3 | 1/2 3/4 | sponsor
complementarity | bargaining | m = 3 | nash+ | false | v=1/5 τ=1/2 k=1/20 | 6/25 13/50 | sponsor
complementarity | wage | m = 3 | given | false | v=1 τ=1 k=1/3 w=1/2 | 0 1/4 | sponsor
complementarity | wage | m = 3 | nash | false | v=1/2 τ=1 k=1/8 w=1/4 | 1/2 3/4 | sponsor
complementarity | wage | m = 3 | given+ | false | v=1 τ=1 k=1/3 w=2/3 | 0 1/10 | sponsor
complementarity | wage | m = 3 | nash+ | false | v=1/3 τ=9/10 k=2/13 w=5/8 | 0 1/4 | sponsor
constant | proportional | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
constant | proportional | m = 3 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | proportional | m = 3 | given+ | true
constant | proportional | m = 3 | nash+ | false | v=1/5 τ=3/4 k=1/8 | 0 1/4 | sponsor
constant | equal | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
constant | equal | m = 3 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | equal | m = 3 | given+ | true
constant | equal | m = 3 | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | bargaining | m = 3 | given | false | v=3 τ=1 k=1/3 | 0 3/4 | sponsor
constant | bargaining | m = 3 | nash | false | v=1/6 τ=1/2 k=1/10 | 0 3/4 | sponsor
constant | bargaining | m = 3 | given+ | true
constant | bargaining | m = 3 | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/20 | sponsor
constant | wage | m = 3 | given | false | v=1 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
constant | wage | m = 3 | nash | false | v=1/2 τ=1 k=1/32 w=1/2 | 1/2 3/4 | sponsor
constant | wage | m = 3 | given+ | false | v=1/3 τ=1 k=1/3 w=3/4 | 0 1/4 | sponsor
constant | wage | m = 3 | nash+ | false | v=5/6 τ=1 k=1/256 w=9/10 | 1/4 1/2 | sponsor
aggregation | proportional | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
aggregation | proportional | m = 3 | nash | false | v=1/2 τ=5/6 k=1/10 | 0 3/4 | sponsor
aggregation | proportional | m = 3 | given+ | true
aggregation | proportional | m = 3 | nash+ | false | v=1/5 τ=3/4 k=1/8 | 0 1/4 | sponsor
aggregation | equal | m = 3 | given | false | v=1 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | m = 3 | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | equal | m = 3 | given+ | false | v=2 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | m = 3 | nash+ | false | v=1 τ=1 k=1/100 | 0 1/4 | sponsor
aggregation | bargaining | m = 3 | given | false | v=3 τ=1 k=1/3 | 0 1/2 | sponsor
aggregation | bargaining | m = 3 | nash | false | v=1/2 τ=5/6 k=1/10 | 0 3/4 | sponsor
aggregation | bargaining | m = 3 | given+ | true
aggregation | bargaining | m = 3 | nash+ | false | v=1/6 τ=1/2 k=1/16 | 0 1/20 | sponsor
aggregation | wage | m = 3 | given | false | v=1 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | m = 3 | nash | false | v=1 τ=1 k=1/20 w=1/2 | 1/2 3/4 | sponsor
aggregation | wage | m = 3 | given+ | false | v=1 τ=1 k=1/3 w=3/4 | 1/4 3/4 | sponsor
aggregation | wage | m = 3 | nash+ | false | v=1 τ=1 k=1/64 w=4/5 | 2/5 1/2 | sponsor
common threat | proportional | m = 3 | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | proportional | m = 3 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | proportional | m = 3 | given+ | false | v=23 r=1 τ=1 k=1/3 | 0 1/50 | sponsor
common threat | proportional | m = 3 | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | equal | m = 3 | given | false | v=1 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | equal | m = 3 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | equal | m = 3 | given+ | false | v=4 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | m = 3 | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/4 | sponsor
common threat | bargaining | m = 3 | given | false | v=12 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | bargaining | m = 3 | nash | false | v=1 r=1 τ=5/7 k=1/8 | 0 3/4 | sponsor
common threat | bargaining | m = 3 | given+ | false | v=41 r=1 τ=1 k=1/3 | 0 1/50 | sponsor
common threat | bargaining | m = 3 | nash+ | false | v=1 r=1 τ=5/7 k=1/8 | 0 1/20 | sponsor
common threat | wage | m = 3 | given | false | v=2 r=1 τ=1 k=1/3 w=1/2 | 0 1/2 | sponsor
common threat | wage | m = 3 | nash | false | v=5 r=1 τ=1 k=1/20 w=1/2 | 9/25 2/5 | sponsor
common threat | wage | m = 3 | given+ | false | v=1 r=1 τ=1 k=1/3 w=1/2 | 1/4 7/20 | sponsor
common threat | wage | m = 3 | nash+ | false | v=1/2 r=1 τ=1/2 k=1/32768 w=1/2 | 0 1/4 | sponsor
complementarity | proportional | difference | given | false | v=1 τ=1/2 k=1/4 | 0 3/4 | proxy
complementarity | proportional | difference | nash | false | v=1 τ=1 k=1/4 | 0 3/4 | proxy
complementarity | proportional | difference | given+ | true
complementarity | proportional | difference | nash+ | false | v=1 τ=1 k=1/4 | 13/20 3/4 | sponsor
complementarity | equal | difference | given | false | v=1 τ=1/2 k=1/4 | 0 3/4 | sponsor
complementarity | equal | difference | nash | false | v=1 τ=1 k=1/4 | 0 19/20 | sponsor
complementarity | equal | difference | given+ | true
complementarity | equal | difference | nash+ | false | v=1 τ=1 k=1/5 | 1/10 3/20 | sponsor
complementarity | bargaining | difference | given | false | v=1 τ=1/2 k=2/5 | 1/2 3/4 | sponsor
complementarity | bargaining | difference | nash | false | v=1 τ=1/2 k=1/4 | 0 3/4 | sponsor
complementarity | bargaining | difference | given+ | open
complementarity | bargaining | difference | nash+ | false | v=1 τ=1 k=1/5 | 3/20 1/5 | sponsor
complementarity | wage | difference | given | false | v=1/4 τ=1/2 k=1/4 w=1/2 | 0 3/4 | sponsor
complementarity | wage | difference | nash | false | v=1/4 τ=1 k=1/3 w=1/2 | 0 3/4 | sponsor
complementarity | wage | difference | given+ | false | v=1/2 τ=1 k=2/5 w=2/3 | 0 3/40 | sponsor
complementarity | wage | difference | nash+ | false | v=1 τ=1 k=1/5 w=2/5 | 0 1/20 | sponsor
constant | proportional | difference | given | false | v=1 τ=1/2 k=1/4 | 1/12 1/3 | proxy
constant | proportional | difference | nash | false | v=1/8 τ=1 k=1/8 | 0 1/2 | proxy
constant | proportional | difference | given+ | true
constant | proportional | difference | nash+ | false | v=1 τ=1 k=1/4 | 4/5 17/20 | sponsor
constant | equal | difference | given | false | v=1/4 τ=1/100 k=2/665 | 19/100 11/25 | sponsor
constant | equal | difference | nash | false | v=1/4 τ=7/8 k=1/8 | 0 1/4 | sponsor
constant | equal | difference | given+ | true
constant | equal | difference | nash+ | false | v=1/4 τ=1 k=1/4 | 13/20 7/10 | sponsor
constant | bargaining | difference | given | false | v=2 τ=1/2 k=1/4 | 1/12 1/3 | sponsor
constant | bargaining | difference | nash | false | v=1/4 τ=1/2 k=1/20 | 1/4 1/2 | sponsor
constant | bargaining | difference | given+ | true
constant | bargaining | difference | nash+ | false | v=1 τ=1 k=1/20 | 11/20 3/5 | sponsor
constant | wage | difference | given | false | v=1/4 τ=1/2 k=1/4 w=1/2 | 1/2 3/4 | sponsor
constant | wage | difference | nash | false | v=1/4 τ=1 k=1/8 w=3/4 | 0 1/4 | sponsor
constant | wage | difference | given+ | false | v=1/4 τ=1 k=1/4 w=3/4 | 0 19/20 | sponsor
constant | wage | difference | nash+ | false | v=1/4 τ=1 k=1/4 w=3/4 | 0 1/20 | sponsor
aggregation | proportional | difference | given | false | v=1 τ=1/2 k=1/4 | 1/12 1/3 | proxy
aggregation | proportional | difference | nash | false | v=1 τ=1/2 k=1/4 | 0 3/4 | proxy
aggregation | proportional | difference | given+ | false | v=2 τ=1 k=1/4 | 17/20 19/20 | sponsor
aggregation | proportional | difference | nash+ | false | v=1 τ=1 k=1/4 | 3/5 7/10 | sponsor
aggregation | equal | difference | given | false | v=5 τ=1/64 k=1/4 | 73/100 49/50 | sponsor
aggregation | equal | difference | nash | false | v=1/4 τ=7/8 k=1/8 | 0 1/4 | sponsor
aggregation | equal | difference | given+ | false | v=1 τ=1 k=1/4 | 0 19/20 | sponsor
aggregation | equal | difference | nash+ | false | v=1 τ=1 k=1/4 | 4/5 17/20 | sponsor
aggregation | bargaining | difference | given | false | v=1 τ=1/2 k=1/4 | 1/12 1/3 | sponsor
aggregation | bargaining | difference | nash | false | v=1 τ=1/2 k=1/4 | 0 3/4 | sponsor
aggregation | bargaining | difference | given+ | false | v=1 τ=1 k=1/4 | 0 19/20 | sponsor
aggregation | bargaining | difference | nash+ | false | v=1 τ=1 k=1/8 | 3/5 13/20 | sponsor
aggregation | wage | difference | given | false | v=1/8 τ=1/2 k=1/4 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | difference | nash | false | v=81/2224 τ=7/8 k=1/4 w=1/2 | 0 1/2 | sponsor
aggregation | wage | difference | given+ | false | v=1 τ=1 k=1/4 w=1/2 | 9/20 19/20 | sponsor
aggregation | wage | difference | nash+ | false | v=1 τ=1 k=1/4 w=1/2 | 9/10 19/20 | sponsor
common threat | proportional | difference | given | false | v=1 r=1 τ=1/2 k=1/4 | 1/12 1/3 | proxy
common threat | proportional | difference | nash | false | v=1 r=1 τ=1/2 k=1/4 | 1/12 1/3 | proxy
common threat | proportional | difference | given+ | false | v=1 r=1 τ=1 k=1/4 | 0 3/20 | sponsor
common threat | proportional | difference | nash+ | false | v=1 r=1 τ=1 k=1/4 | 3/20 1/4 | sponsor
common threat | equal | difference | given | false | v=1 r=1 τ=1 k=1/4 | 0 19/20 | sponsor
common threat | equal | difference | nash | false | v=75/43 r=1 τ=1/2 k=1/8 | 1/12 1/3 | sponsor
common threat | equal | difference | given+ | false | v=1 r=1 τ=1 k=1/4 | 0 19/20 | sponsor
common threat | equal | difference | nash+ | false | v=1 r=1 τ=1 k=1/4 | 1/4 3/10 | sponsor
common threat | bargaining | difference | given | false | v=1 r=1 τ=1/2 k=1/8 | 1/12 1/3 | sponsor
common threat | bargaining | difference | nash | false | v=1 r=1 τ=1/2 k=1/4 | 1/12 1/3 | sponsor
common threat | bargaining | difference | given+ | false | v=1 r=1 τ=1 k=1/4 | 0 3/10 | sponsor
common threat | bargaining | difference | nash+ | false | v=1 r=1 τ=1 k=1/5 | 9/10 19/20 | sponsor
common threat | wage | difference | given | false | v=24 r=5/4 τ=1/16 k=1/16 w=2/3 | 7/10 4/5 | sponsor
common threat | wage | difference | nash | false | v=45/139 r=1 τ=7/8 k=1/4 w=1/2 | 0 1/2 | sponsor
common threat | wage | difference | given+ | false | v=1 r=1 τ=1 k=1/4 w=1/2 | 0 19/20 | sponsor
common threat | wage | difference | nash+ | false | v=1 r=1 τ=1 k=1/4 w=1/2 | 2/5 9/20 | sponsor
complementarity | proportional | all-pay | given | open
complementarity | proportional | all-pay | nash | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | proportional | all-pay | given+ | true
complementarity | proportional | all-pay | nash+ | false | v=1 τ=1 k=1/4 | 0 1/10 | sponsor
complementarity | equal | all-pay | given | true
complementarity | equal | all-pay | nash | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | equal | all-pay | given+ | true
complementarity | equal | all-pay | nash+ | false | v=1 τ=1 k=1/4 | 0 1/4 | sponsor
complementarity | bargaining | all-pay | given | false | v=1 τ=1 k=1/3 | 1/4 3/4 | sponsor
complementarity | bargaining | all-pay | nash | false | v=1 τ=1/2 k=1/8 | 0 1/4 | sponsor
complementarity | bargaining | all-pay | given+ | false | v=1 τ=1 k=1/3 | 1/4 3/4 | sponsor
complementarity | bargaining | all-pay | nash+ | true
complementarity | wage | all-pay | given | false | v=1 τ=1 k=2/5 w=1/3 | 0 1/10 | sponsor
complementarity | wage | all-pay | nash | false | v=1 τ=1/2 k=1/8 w=1/2 | 0 1/4 | sponsor
complementarity | wage | all-pay | given+ | true
complementarity | wage | all-pay | nash+ | false | v=1 τ=1 k=1/4 w=1/2 | 0 1/10 | sponsor
constant | proportional | all-pay | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
constant | proportional | all-pay | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | proportional | all-pay | given+ | true
constant | proportional | all-pay | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | equal | all-pay | given | false | v=2 τ=1 k=1/3 | 0 1/4 | sponsor
constant | equal | all-pay | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | equal | all-pay | given+ | true
constant | equal | all-pay | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
constant | bargaining | all-pay | given | false | v=2 τ=1 k=1/3 | 0 1/4 | sponsor
constant | bargaining | all-pay | nash | false | v=1/6 τ=1/2 k=1/10 | 0 1/4 | sponsor
constant | bargaining | all-pay | given+ | true
constant | bargaining | all-pay | nash+ | true
constant | wage | all-pay | given | false | v=1/3 τ=1 k=1/3 w=1/2 | 0 1/4 | sponsor
constant | wage | all-pay | nash | false | v=1/2 τ=5/6 k=1/10 w=3/4 | 0 1/4 | sponsor
constant | wage | all-pay | given+ | false | v=2/5 τ=1 k=2/5 w=3/4 | 0 1/4 | sponsor
constant | wage | all-pay | nash+ | false | v=1/2 τ=5/6 k=1/10 w=3/4 | 0 1/4 | sponsor
aggregation | proportional | all-pay | given | false | v=1 τ=1 k=1/3 | 0 1/4 | sponsor
aggregation | proportional | all-pay | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | proportional | all-pay | given+ | true
aggregation | proportional | all-pay | nash+ | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | equal | all-pay | given | false | v=2 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | all-pay | nash | false | v=1/4 τ=4/5 k=1/8 | 0 1/4 | sponsor
aggregation | equal | all-pay | given+ | false | v=2 τ=1 k=1/3 | 0 3/4 | sponsor
aggregation | equal | all-pay | nash+ | false | v=1 τ=1 k=1/4 | 1/2 3/4 | sponsor
aggregation | bargaining | all-pay | given | false | v=2 τ=1 k=1/3 | 0 1/4 | sponsor
aggregation | bargaining | all-pay | nash | false | v=1/6 τ=1/2 k=1/10 | 0 1/4 | sponsor
aggregation | bargaining | all-pay | given+ | true
aggregation | bargaining | all-pay | nash+ | true
aggregation | wage | all-pay | given | false | v=2 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | all-pay | nash | false | v=1/2 τ=5/6 k=1/10 w=3/4 | 0 1/4 | sponsor
aggregation | wage | all-pay | given+ | false | v=2 τ=1 k=1/3 w=1/2 | 1/4 3/4 | sponsor
aggregation | wage | all-pay | nash+ | false | v=1/2 τ=1 k=1/4 w=1/2 | 1/2 3/4 | sponsor
common threat | proportional | all-pay | given | false | v=4 r=1 τ=1 k=1/3 | 0 1/4 | sponsor
common threat | proportional | all-pay | nash | false | v=6/5 r=1 τ=3/4 k=1/8 | 0 1/4 | sponsor
common threat | proportional | all-pay | given+ | open
common threat | proportional | all-pay | nash+ | false | v=6/5 r=1 τ=3/4 k=1/8 | 0 1/4 | sponsor
common threat | equal | all-pay | given | false | v=6 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | all-pay | nash | false | v=6/5 r=1 τ=3/4 k=1/8 | 0 1/4 | sponsor
common threat | equal | all-pay | given+ | false | v=6 r=1 τ=1 k=1/3 | 0 1/2 | sponsor
common threat | equal | all-pay | nash+ | false | v=6/5 r=1 τ=3/4 k=1/8 | 0 1/4 | sponsor
common threat | bargaining | all-pay | given | false | v=7 r=1 τ=1 k=1/3 | 0 1/10 | sponsor
common threat | bargaining | all-pay | nash | false | v=6/5 r=1 τ=3/4 k=1/8 | 0 1/4 | sponsor
common threat | bargaining | all-pay | given+ | open
common threat | bargaining | all-pay | nash+ | open
common threat | wage | all-pay | given | false | v=4 r=1 τ=1 k=1/3 w=1/2 | 1/4 1/2 | sponsor
common threat | wage | all-pay | nash | false | v=3 r=1 τ=5/6 k=1/10 w=3/4 | 0 1/4 | sponsor
common threat | wage | all-pay | given+ | false | v=4 r=1 τ=1 k=1/3 w=1/2 | 1/4 1/2 | sponsor
common threat | wage | all-pay | nash+ | false | v=3 r=1 τ=5/6 k=1/10 w=3/4 | 0 1/4 | sponsor
"""
