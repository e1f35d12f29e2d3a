"""`treewright compare`: strategies on a file of problems, at equal cost, as a table and a page.

problems.py reads the problems, contenders.py the strategies, trials.py searches and keeps what came
out, report.py makes numbers of it, figure.py the page.
"""
