"""Tiny files in the producers' formats, invented."""

import io

import alliances as al

ATOP = """ATOPID,BEGYR,BEGMO,BEGDAY,ENDYR,ENDMO,ENDDAY,INEFFECT,BILAT,WARTIME,TERM,DEFENSE,OFFENSE,NEUTRAL,NONAGG,CONSUL,ASYMM,\
VERSION,MEM1,MEM2,MEM3,FRUIT
1005,1900,1,3,1910,2,8,0,0,0,1,1,0,0,0,1,0,5.1,200,210,220,a
1010,1900,7,1,1903,4,1,0,1,0,2,1,0,0,0,1,0,5.1,210,200,,b
1015,1901,1,1,0,0,0,1,1,1,0,0,0,1,0,0,0,5.1,200,235,,c
1020,1905,3,-9,1907,3,,0,1,0,3,0,1,0,1,0,0,5.1,235,300,,d
1025,1902,1,1,1904,1,1,0,1,0,2,1,0,0,0,0,0,5.1,210,300,,e
1030,1902,1,1,1904,1,1,0,1,0,0,1,0,0,0,0,0,5.1,210,999,,f
"""
MEMBERS = """atopid,member,yrent,moent,dayent,yrexit,moexit,dayexit,phase,term,termmode,termcaus
1005,200,1900,1,3,1905,2,8,0,1,1,3
1005,210,1900,1,3,1910,2,8,0,1,5,3
1005,220,1900,1,3,1910,2,8,0,1,5,4
1010,210,1900,7,1,1901,1,1,1,3,2,1
1010,200,1900,7,1,1901,1,1,1,3,2,1
1010,210,1901,1,1,1903,4,1,2,2,3,6
1010,200,1901,1,1,1903,4,1,2,2,3,6
1015,200,1901,1,1,0,0,0,0,0,0,0
1015,235,1901,1,1,0,0,0,0,0,0,0
1020,235,1905,3,-9,1907,3,,0,3,1,4
1020,300,1905,3,-9,1907,3,,0,3,1,4
1025,210,1902,1,1,1902,6,1,1,2,3,4
1025,300,1902,1,1,1902,6,1,1,2,3,4
1025,210,1903,1,1,1904,1,1,2,2,3,4
1025,300,1903,1,1,1904,1,1,2,2,3,4
1030,210,1902,1,1,1904,1,1,0,0,4,2
1030,999,1902,1,1,1904,1,1,0,0,4,2
"""
NMC = "stateabb,ccode,year,milex,cinc,version\n" + "".join(
    f"X,{code},{year},-9,{cinc + 0.001 * (year - 1900)},5.0\n"
    for code, cinc in ((200, 0.2), (210, 0.02), (235, 0.01), (300, 0.05))
    for year in range(1900, 1908)
)
DDYR = "ddyad,year,stateA,stateB,atopally,defense,offense,neutral,nonagg,consul\n2020,1958,2,20,1,1,0,0,0,-9\n"
COW = "version4id,ccode1,ccode2,dyad_st_year,dyad_end_year,right_censor,defense,neutrality,nonaggression,entente,version\n"
GML = "dispnum,ccode1,ccode2,year,sidea1,sidea2,orig1,orig2,fatality,hostlev,version\n"
NONSTATE = "conflict_id,dyad_id,side_a_name,side_b_name,year,best_fatality_estimate,version\n"
ESD = "dyad_id,year,ext_id,ext_name,ext_sup,ext_nonstate,ext_x\n"
NSA = "dyadid\tside_b\tstartdate\tenddate\trebestimate\trebstrength\n"


def file(text):
    return io.StringIO(text)


def atop(text=ATOP, members=MEMBERS):
    return al.datasets.load_atop(file(text), None if members is None else file(members))
