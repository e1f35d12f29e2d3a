"""The language work of one step: propose, score, spot corrections, extract and compare answers."""
