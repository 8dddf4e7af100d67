"""The values that dimensions take. Known ones are those of the services' documentation; others are
numbered.
"""

from __future__ import annotations

_KNOWN = {
    "apiname": ("GetBlob", "PutBlob", "ListBlobs", "DeleteBlob", "GetBlobProperties"),
    "geotype": ("Primary", "Secondary"),
    "authentication": ("AccountKey", "OAuth", "SAS"),
    "responsetype": ("Success", "ServerBusyError", "ClientTimeoutError"),
    "transactiontype": ("user", "system"),
    "activitytype": ("secret", "key", "vault"),
    "activityname": ("secretget", "secretlist", "keyget", "vaultget"),
    "statuscode": ("200", "401", "404"),
    "statuscodeclass": ("2xx", "4xx"),
    "httpstatusgroup": ("2xx", "3xx", "4xx", "5xx"),
    "httpstatus": ("200", "404", "502"),
    "node": (
        "aks-system-31001234-vmss000000",
        "aks-system-31001234-vmss000001",
        "aks-user-22005678-vmss000000",
    ),
    "nodepool": ("system", "user"),
    "phase": ("Running", "Pending", "Failed"),
    "condition": ("Ready", "DiskPressure"),
    "status": ("true", "false"),
    "direction": ("In", "Out"),
    "protocol": ("6", "17"),
    "protocoltype": ("TCP", "UDP"),
    "blobtype": ("BlockBlob", "PageBlob"),
    "tier": ("Hot", "Cool"),
    "shardid": ("0", "1"),
    "port": ("6380",),
    "primary": ("True", "False"),
    "lun": ("0", "1"),
    "databasename": ("orders", "stock"),
    "state": ("active", "idle"),
    "listener": ("https-shop", "https-api"),
    "frontendport": ("443",),
    "backendport": ("8080",),
}


def values_of(name: str, cardinality: int | None = None) -> tuple[str, ...]:
    """The values of dimension `name`: `cardinality` of them when given, else those known, else three."""
    known = _KNOWN.get(name.lower(), ())
    if cardinality is None:
        return known or tuple(f"{name.lower().replace(' ', '-')}-{number}" for number in range(1, 4))
    more = (f"{name.lower().replace(' ', '-')}-{number}" for number in range(len(known) + 1, cardinality + 1))
    return (*known[:cardinality], *more)
