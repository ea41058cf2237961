"""The master index: persons, vehicles, places and property that people confirmed, and where each was met.

Its pages are in the desk, which may ask the rooms above this one what an actor may see.
"""
