resource "byok_external_key" "payments" {
  alias = "payments"
}

# An ephemeral variable and a write-only attribute: the material is in no plan and in no state.
variable "payments_key" {
  type      = string
  ephemeral = true
  sensitive = true
}

resource "byok_key_material" "payments" {
  key_id          = byok_external_key.payments.key_id
  material_wo     = var.payments_key
  expiration_time = "2035-01-31T00:00:00Z"
}

resource "byok_external_key" "orders" {
  alias = "orders"
}

# From a file of 64 hex digits, and only if it is the material that was reviewed ("byok fingerprint" prints this value).
resource "byok_key_material" "orders" {
  key_id            = byok_external_key.orders.key_id
  material_file     = "orders.hex"
  material_encoding = "hex"
  fingerprint       = "sha256:9c4b2ac1d3b8f2e6a1c05d7e4f8890b16a2d3c4e5f60718293a4b5c6d7e8f901"
  on_destroy        = "delete_material"

  timeouts {
    create = "2m"
  }
}
