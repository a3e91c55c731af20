"""When does an alliance between unequals hold, and when does the proxy turn on its sponsor?"""

from alliances.games import StageGame
from alliances.payoffs import presets
from alliances.payoffs.alliance_game import AllianceGame, CustomGame, DyadicGame
from alliances.payoffs.contest import AllPay, Hirshleifer, Tullock
from alliances.payoffs.sharing import Equal, NashBargaining, Proportional, Wage
from alliances.payoffs.synergy import Aggregation, CommonThreat, Complementarity, ConstantSynergy
from alliances.power import Power
from alliances.repeated.critical import CriticalDiscount, critical_discount
from alliances.repeated.finite_punishment import FinitePunishment
from alliances.repeated.imperfect_monitoring import ImperfectMonitoring
from alliances.repeated.nash_reversion import NashReversion
from alliances.repeated.transfers import Transfers
from alliances.regions import Region, ordinal_regions, punishment_regions
from alliances.thresholds import DefectionThreshold, Window, defection_threshold, stability_windows
from alliances.identification import DiscountInterval, IdentifiedDiscount, identified_discount
from alliances.verification import Verification, verify
