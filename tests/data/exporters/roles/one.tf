variable "principal_id" {
  type        = string
  description = "Object id of the identity that the exporter signs in as, in tenant 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0001."
}

resource "azurerm_role_definition" "singlepane_exporter" {
  name        = "singlepane platform-prod"
  scope       = "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a"
  description = "What the singlepane exporter platform-prod reads, and nothing else."

  permissions {
    actions = [
      "Microsoft.Insights/metricDefinitions/read",
      "Microsoft.Insights/metrics/read",
      "Microsoft.Network/loadBalancers/read",
      "Microsoft.Resources/subscriptions/read",
      "Microsoft.Resources/subscriptions/resources/read",
      "Microsoft.Storage/storageAccounts/read",
    ]
  }

  assignable_scopes = [
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a",
  ]
}

resource "azurerm_role_assignment" "singlepane_exporter" {
  for_each = toset([
    "/subscriptions/2b1c8f30-7d51-4c8e-9a46-3f1f6d2b000a",
  ])

  scope              = each.value
  role_definition_id = azurerm_role_definition.singlepane_exporter.role_definition_resource_id
  principal_id       = var.principal_id
}
