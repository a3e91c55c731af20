"""When does an alliance between unequals hold, and when does the proxy turn on its sponsor?"""

from alliances.games import StageGame
from alliances.payoffs import presets
from alliances.payoffs.alliance_game import AllianceGame, CustomGame, DyadicGame
from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
from alliances.payoffs.sharing import Equal, NashBargaining, Proportional, Wage
from alliances.payoffs.synergy import Aggregation, CommonThreat, Complementarity, ConstantSynergy
from alliances.power import Power
