"""What is fetched or shaken hands with, once a target a run, whoever needs it."""
