"""The words, and the rules that hold whoever is looking. Standard library only."""
