"""
When the model expects a break
==============================

The measured gap between the Gulf Cartel and Los Zetas, and in grey the window in which the benchmark model keeps their
alliance. Crosses are years in which it cannot be kept. The predicted break (dotted) ends the years in the window; the cross of
2003 contradicts the model, because the alliance held.
"""

import alliances as al

series = al.cases.load("gulf-zetas").power_series()
ax = series.predict_break(al.presets.chindea_2014(), 0.8).plot()
