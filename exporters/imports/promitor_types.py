"""Promitor's resource types: Azure's type, the fields that name a resource, and how Promitor splits it.

Contract: the pages of its providers, https://docs.promitor.io/latest/scraping/providers/, and its scrapers,
https://github.com/tomkerkhove/promitor/tree/master/src/Promitor.Core.Scraping/ResourceTypes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _nothing(metric: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Type:
    """`fields` give the parts of the resource's name, `end` what is always the same behind them.

    `part` are keys that narrow to one value of the dimension that `split` gives for a metric (empty for
    none); what has no such key is split by it where `always`. `kinds` are types by the key `type`, the
    first is taken where it is missing. `found` are the types that discovery groups hold. `slot` says that
    `slotName` names a part. `retired` says what of it is gone.
    """

    type: str
    fields: tuple[str, ...]
    end: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    split: Callable[[str], str] = _nothing
    always: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    slot: bool = False
    retired: Mapping[str, str] = field(default_factory=dict)

    @property
    def discovered(self) -> tuple[str, ...]:
        """The types of what a discovery group holds."""
        return self.found or (self.type,)


# Metrics of namespaces that have no entity, by Azure's lists of supported metrics (2026-07); in lower case.
# fmt: off
_NO_ENTITY = frozenset({
    "activeconnections", "cpuxns", "wsxns", "namespacecpuusage", "namespacememoryusage",
    "pendingcheckpointoperationcount", "ehabl", "ehambs", "ehamsgs", "ehinbytes", "ehinmbs",
    "ehinmsgs", "ehoutbytes", "ehoutmbs", "ehoutmsgs", "failreq", "inmsgs", "inreqs", "interr",
    "miscerr", "outmsgs", "succreq", "svrbsy",
})
# fmt: on


def _entity(metric: str) -> str:
    return "" if metric.lower() in _NO_ENTITY else "EntityName"


def _pipeline(metric: str) -> str:
    """Runs of activities tell the pipeline apart; what is about the whole factory has no name."""
    name = metric.lower()
    if name in ("activitysucceededruns", "activityfailedruns", "activitycancelledruns"):
        return "PipelineName"
    return "Name" if name.startswith(("activity", "pipeline", "trigger")) else ""


def _share(metric: str) -> str:
    return "ShareSubscriptionName" if "sharesubscription" in metric.lower() else "ShareName"


def _location(metric: str) -> str:
    return "Location"


_STORAGE = "Microsoft.Storage/storageAccounts"
_SITES = "Microsoft.Web/sites"
_POSTGRES = "Microsoft.DBforPostgreSQL"
_MYSQL = "Microsoft.DBforMySQL"
_DEFAULT = ("default",)
_SINGLE = "Azure has retired single servers, so nothing is found: a migrated one is a {flexible}, write that"
_BUS = Type(
    "Microsoft.ServiceBus/namespaces",
    ("namespace",),
    part=("queueName", "topicName"),
    split=_entity,
    always=True,
)

TYPES: Mapping[str, Type] = {
    "ApiManagement": Type(
        "Microsoft.ApiManagement/service", ("instanceName",), part=("locationName",), split=_location
    ),
    "AppPlan": Type("Microsoft.Web/serverfarms", ("appPlanName",)),
    "ApplicationGateway": Type("Microsoft.Network/applicationGateways", ("applicationGatewayName",)),
    "ApplicationInsights": Type("Microsoft.Insights/components", ("name",)),
    "AutomationAccount": Type("Microsoft.Automation/automationAccounts", ("accountName",)),
    "AzureFirewall": Type("Microsoft.Network/azureFirewalls", ("azureFirewallName",)),
    "BlobStorage": Type(f"{_STORAGE}/blobServices", ("accountName",), _DEFAULT),
    "Cdn": Type("Microsoft.Cdn/profiles", ("cdnName",)),
    "CognitiveServicesAccount": Type(
        "Microsoft.CognitiveServices/accounts", ("cognitiveServicesAccountName",)
    ),
    "ContainerInstance": Type("Microsoft.ContainerInstance/containerGroups", ("containerGroup",)),
    "ContainerRegistry": Type("Microsoft.ContainerRegistry/registries", ("registryName",)),
    "CosmosDb": Type("Microsoft.DocumentDB/databaseAccounts", ("dbName",)),
    "DataExplorerCluster": Type("Microsoft.Kusto/clusters", ("clusterName",)),
    "DataFactory": Type(
        "Microsoft.DataFactory/factories",
        ("factoryName",),
        part=("pipelineName",),
        split=_pipeline,
        always=True,
    ),
    "DataShare": Type(
        "Microsoft.DataShare/accounts", ("accountName",), part=("shareName",), split=_share, always=True
    ),
    "DeviceProvisioningService": Type(
        "Microsoft.Devices/provisioningServices", ("deviceProvisioningServiceName",)
    ),
    "DnsZone": Type("Microsoft.Network/dnsZones", ("zoneName",)),
    "EventHubCluster": Type("Microsoft.EventHub/clusters", ("clusterName",)),
    "EventHubs": Type(
        "Microsoft.EventHub/namespaces", ("namespace",), part=("topicName",), split=_entity, always=True
    ),
    "ExpressRouteCircuit": Type("Microsoft.Network/expressRouteCircuits", ("expressRouteCircuitName",)),
    "FileStorage": Type(f"{_STORAGE}/fileServices", ("accountName",), _DEFAULT),
    "FrontDoor": Type("Microsoft.Network/frontDoors", ("name",)),
    "FunctionApp": Type(_SITES, ("functionAppName",), found=(_SITES, f"{_SITES}/slots"), slot=True),
    "IoTHub": Type("Microsoft.Devices/IotHubs", ("ioTHubName",)),
    "KeyVault": Type("Microsoft.KeyVault/vaults", ("vaultName",)),
    "KubernetesService": Type("Microsoft.ContainerService/managedClusters", ("clusterName",)),
    "LoadBalancer": Type("Microsoft.Network/loadBalancers", ("loadBalancerName",)),
    "LogicApp": Type("Microsoft.Logic/workflows", ("workflowName",)),
    "MariaDb": Type(
        "Microsoft.DBforMariaDB/servers",
        ("serverName",),
        retired={
            "Microsoft.DBforMariaDB/servers": "Azure has retired MariaDB servers: nothing is found any more"
        },
    ),
    "MongoCluster": Type("Microsoft.DocumentDB/mongoClusters", ("clusterName",)),
    "MonitorAutoscale": Type("Microsoft.Insights/autoscalesettings", ("autoscaleSettingsName",)),
    "MySql": Type(
        f"{_MYSQL}/servers",
        ("serverName",),
        kinds={
            "Single": f"{_MYSQL}/servers",
            "Simple": f"{_MYSQL}/servers",
            "Flexible": f"{_MYSQL}/flexibleServers",
        },
        found=(f"{_MYSQL}/flexibleServers",),
        retired={f"{_MYSQL}/servers": _SINGLE.format(flexible=f"{_MYSQL}/flexibleServers")},
    ),
    "NatGateway": Type("Microsoft.Network/natGateways", ("natGatewayName",)),
    "NetworkGateway": Type("Microsoft.Network/virtualNetworkGateways", ("networkGatewayName",)),
    "NetworkInterface": Type("Microsoft.Network/networkInterfaces", ("networkInterfaceName",)),
    "PostgreSql": Type(
        f"{_POSTGRES}/servers",
        ("serverName",),
        kinds={
            "Single": f"{_POSTGRES}/servers",
            "Simple": f"{_POSTGRES}/servers",
            "Flexible": f"{_POSTGRES}/flexibleServers",
            "Hyperscale": f"{_POSTGRES}/serverGroupsv2",
        },
        found=(f"{_POSTGRES}/flexibleServers",),
        retired={f"{_POSTGRES}/servers": _SINGLE.format(flexible=f"{_POSTGRES}/flexibleServers")},
    ),
    "PowerBiDedicated": Type("Microsoft.PowerBIDedicated/capacities", ("capacityName",)),
    "PrivateLinkService": Type("Microsoft.Network/privateLinkServices", ("privateLinkServiceName",)),
    "PublicIpAddress": Type("Microsoft.Network/publicIPAddresses", ("publicIpAddressName",)),
    "RedisCache": Type("Microsoft.Cache/redis", ("cacheName",)),
    "RedisEnterpriseCache": Type("Microsoft.Cache/redisEnterprise", ("cacheName",)),
    "SearchService": Type("Microsoft.Search/searchServices", ("searchServiceName",)),
    "ServiceBusNamespace": _BUS,
    # As Promitor 1 called it.
    "ServiceBusQueue": _BUS,
    "SqlDatabase": Type("Microsoft.Sql/servers/databases", ("serverName", "databaseName")),
    "SqlElasticPool": Type("Microsoft.Sql/servers/elasticPools", ("serverName", "poolName")),
    "SqlManagedInstance": Type("Microsoft.Sql/managedInstances", ("instanceName",)),
    "SqlServer": Type("Microsoft.Sql/servers", ("serverName",)),
    "StorageAccount": Type(_STORAGE, ("accountName",)),
    "StorageQueue": Type(f"{_STORAGE}/queueServices", ("accountName",), _DEFAULT),
    "SynapseApacheSparkPool": Type(
        "Microsoft.Synapse/workspaces/bigDataPools", ("workspaceName", "poolName")
    ),
    "SynapseSqlPool": Type("Microsoft.Synapse/workspaces/sqlPools", ("workspaceName", "poolName")),
    "SynapseWorkspace": Type("Microsoft.Synapse/workspaces", ("workspaceName",)),
    "TrafficManager": Type("Microsoft.Network/trafficManagerProfiles", ("name",)),
    "VirtualMachine": Type("Microsoft.Compute/virtualMachines", ("virtualMachineName",)),
    "VirtualMachineScaleSet": Type("Microsoft.Compute/virtualMachineScaleSets", ("scaleSetName",)),
    "VirtualNetwork": Type("Microsoft.Network/virtualNetworks", ("virtualNetworkName",)),
    "WebApp": Type(_SITES, ("webAppName",), found=(_SITES, f"{_SITES}/slots"), slot=True),
}

# Promitor asks the queue itself for these, not Azure Monitor; metrics in lower case.
QUEUE_METRICS: Mapping[str, str] = {
    "messagecount": "it is left out: Promitor counts the queue's messages by its SAS token, and Azure "
    "Monitor has no count by queue. QueueMessageCount of Microsoft.Storage/storageAccounts/queueServices is "
    "that of all queues of the account, and hourly; the queue's own is x-ms-approximate-messages-count of "
    "Get Queue Metadata",
    "timespentinqueue": "it is left out: Promitor peeks at the queue's first message by its SAS token, and "
    "Azure Monitor measures no such time. The age is InsertionTime of Peek Messages; have the consumer "
    "measure it",
}


def known(name: str) -> str:
    """The type's name in Promitor's spelling: it reads it without case. Empty for an unknown one."""
    return next((each for each in (*TYPES, "Generic", "LogAnalytics") if each.lower() == name.lower()), "")
