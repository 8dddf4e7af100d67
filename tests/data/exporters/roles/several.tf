variable "principal_id_1" {
  type        = string
  description = "Object id of the identity that the exporter signs in as, in tenant 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001."
}

variable "principal_id_2" {
  type        = string
  description = "Object id of the identity that the exporter signs in as, in tenant 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0002."
}

resource "azurerm_role_definition" "singlepane_exporter_1" {
  name        = "singlepane shop main"
  scope       = "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a"
  description = "What the singlepane exporter shop reads, and nothing else."

  permissions {
    actions = [
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.Insights/metrics/read",
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/resources/read",
      "Microsoft.Storage/storageAccounts/read",
    ]
  }

  assignable_scopes = [
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a",
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000b",
    "/providers/Microsoft.Management/managementGroups/shop",
  ]
}

resource "azurerm_role_assignment" "singlepane_exporter_1" {
  for_each = toset([
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a",
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000b",
    "/providers/Microsoft.Management/managementGroups/shop",
  ])

  scope              = each.value
  role_definition_id = azurerm_role_definition.singlepane_exporter_1.role_definition_resource_id
  principal_id       = var.principal_id_1
}

resource "azurerm_role_definition" "singlepane_exporter_2" {
  name        = "singlepane shop main 2"
  scope       = "/providers/Microsoft.Management/managementGroups/lab"
  description = "What the singlepane exporter shop reads, and nothing else."

  permissions {
    actions = [
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.Insights/metrics/read",
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/resources/read",
      "Microsoft.Storage/storageAccounts/read",
    ]
  }

  assignable_scopes = [
    "/providers/Microsoft.Management/managementGroups/lab",
  ]
}

resource "azurerm_role_assignment" "singlepane_exporter_2" {
  for_each = toset([
    "/providers/Microsoft.Management/managementGroups/lab",
  ])

  scope              = each.value
  role_definition_id = azurerm_role_definition.singlepane_exporter_2.role_definition_resource_id
  principal_id       = var.principal_id_1
}

resource "azurerm_role_definition" "singlepane_exporter_3" {
  name        = "singlepane shop other"
  scope       = "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000c"
  description = "What the singlepane exporter shop reads, and nothing else."

  permissions {
    actions = [
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.Insights/metrics/read",
      "Microsoft.KeyVault/vaults/read",
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/resources/read",
    ]
  }

  assignable_scopes = [
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000c",
  ]
}

resource "azurerm_role_assignment" "singlepane_exporter_3" {
  for_each = toset([
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000c",
  ])

  scope              = each.value
  role_definition_id = azurerm_role_definition.singlepane_exporter_3.role_definition_resource_id
  principal_id       = var.principal_id_2
}
