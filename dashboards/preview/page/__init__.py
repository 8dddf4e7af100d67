"""The page: markup, styles, and the script that draws its figures."""
