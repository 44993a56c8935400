"""Moves MySQL databases to Amazon Aurora MySQL and proves that they arrived.

Layers, each importing only those to its right:
``operators`` → ``bridge`` → ``engine`` → ``store`` → ``mysql`` → ``sql`` → ``model`` → ``errors``.
"""
