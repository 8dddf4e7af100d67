"""How a value is shown: its unit, its colour, its words, and the rules that one field has."""
