"""The part of Resource Graph's query language that a discovery needs; anything else is refused, never
guessed.

    Resources
    | where type in~ ('microsoft.storage/storageaccounts') and location == 'westeurope'
    | where tags['team'] =~ 'shop' or name startswith 'shop'
    | extend team = tags.team | project id, name, type, team | order by id asc | limit 100

`reading` cuts a text into pieces, `conditions` reads values and tests over rows, `operators` what stands
between bars.
"""

from simulators.azure.kusto.operators import Query, parse
from simulators.azure.kusto.reading import COLUMNS, InvalidQuery

__all__ = ["COLUMNS", "InvalidQuery", "Query", "parse"]
