"""Promitor's resource types: Azure's type, and the fields that name a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """`fields` give the parts of the resource's name, `end` what is always the same behind them."""

    type: str
    fields: tuple[str, ...]
    end: tuple[str, ...] = ()


_STORAGE = "Microsoft.Storage/storageAccounts"
_DEFAULT = ("default",)

TYPES: Mapping[str, Type] = {
    "ApiManagement": Type("Microsoft.ApiManagement/service", ("instanceName",)),
    "AppPlan": Type("Microsoft.Web/serverfarms", ("appPlanName",)),
    "ApplicationGateway": Type("Microsoft.Network/applicationGateways", ("applicationGatewayName",)),
    "ApplicationInsights": Type("Microsoft.Insights/components", ("name",)),
    "AutomationAccount": Type("Microsoft.Automation/automationAccounts", ("accountName",)),
    "AzureFirewall": Type("Microsoft.Network/azureFirewalls", ("azureFirewallName",)),
    "BlobStorage": Type(f"{_STORAGE}/blobServices", ("accountName",), _DEFAULT),
    "Cdn": Type("Microsoft.Cdn/profiles", ("cdnName",)),
    "ContainerInstance": Type("Microsoft.ContainerInstance/containerGroups", ("containerGroup",)),
    "ContainerRegistry": Type("Microsoft.ContainerRegistry/registries", ("registryName",)),
    "CosmosDb": Type("Microsoft.DocumentDB/databaseAccounts", ("dbName",)),
    "DataFactory": Type("Microsoft.DataFactory/factories", ("factoryName",)),
    "EventHubs": Type("Microsoft.EventHub/namespaces", ("namespace",)),
    "ExpressRouteCircuit": Type("Microsoft.Network/expressRouteCircuits", ("expressRouteCircuitName",)),
    "FileStorage": Type(f"{_STORAGE}/fileServices", ("accountName",), _DEFAULT),
    "FrontDoor": Type("Microsoft.Network/frontDoors", ("name",)),
    "FunctionApp": Type("Microsoft.Web/sites", ("functionAppName",)),
    "IoTHub": Type("Microsoft.Devices/IotHubs", ("iotHubName",)),
    "KeyVault": Type("Microsoft.KeyVault/vaults", ("vaultName",)),
    "KubernetesService": Type("Microsoft.ContainerService/managedClusters", ("clusterName",)),
    "LoadBalancer": Type("Microsoft.Network/loadBalancers", ("loadBalancerName",)),
    "LogicApp": Type("Microsoft.Logic/workflows", ("workflowName",)),
    "MySql": Type("Microsoft.DBforMySQL/servers", ("serverName",)),
    "NatGateway": Type("Microsoft.Network/natGateways", ("natGatewayName",)),
    "NetworkInterface": Type("Microsoft.Network/networkInterfaces", ("networkInterfaceName",)),
    "PostgreSql": Type("Microsoft.DBforPostgreSQL/servers", ("serverName",)),
    "PublicIpAddress": Type("Microsoft.Network/publicIPAddresses", ("publicIpAddressName",)),
    "RedisCache": Type("Microsoft.Cache/redis", ("cacheName",)),
    "RedisEnterpriseCache": Type("Microsoft.Cache/redisEnterprise", ("cacheName",)),
    "ServiceBusNamespace": Type("Microsoft.ServiceBus/namespaces", ("namespace",)),
    "SqlDatabase": Type("Microsoft.Sql/servers/databases", ("serverName", "databaseName")),
    "SqlElasticPool": Type("Microsoft.Sql/servers/elasticPools", ("serverName", "poolName")),
    "SqlManagedInstance": Type("Microsoft.Sql/managedInstances", ("instanceName",)),
    "SqlServer": Type("Microsoft.Sql/servers", ("serverName",)),
    "StorageAccount": Type(_STORAGE, ("accountName",)),
    "StorageQueue": Type(f"{_STORAGE}/queueServices", ("accountName",), _DEFAULT),
    "VirtualMachine": Type("Microsoft.Compute/virtualMachines", ("virtualMachineName",)),
    "VirtualMachineScaleSet": Type("Microsoft.Compute/virtualMachineScaleSets", ("scaleSetName",)),
    "VirtualNetwork": Type("Microsoft.Network/virtualNetworks", ("virtualNetworkName",)),
    "WebApp": Type("Microsoft.Web/sites", ("webAppName",)),
}
